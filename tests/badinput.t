#!/usr/bin/env perl
# The command remlparse survives every input: it ends with 0, 1 or 2 and says why, within bounds.
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
#
# Arguments choose subtests by a part of their names.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use Fcntl qw(SEEK_SET);
use FindBin;
use lib $FindBin::Bin;
use POSIX qw(mkfifo :sys_wait_h);
use Time::HiRes qw(sleep);
use Program;

my $command = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $command && -x $command or BAIL_OUT('remlparse is not there');
my $sanitized = length($ENV{REML_SANITIZE} // '');
isolate();

# Sanitizers need more memory than a limit leaves them.
sub run {
    my ($arguments, %how) = @_;
    delete @how{qw(memory stack)} if $sanitized;
    return run_program($command, $arguments, %how);
}

# A rejected input: exit code 1, and a first line with its place and message.
sub rejects {
    my ($file, $place, $message, $name, %how) = @_;
    my $answer = run(['--no-snippet', $file], %how);
    exits($answer, 1, $name);
    like($answer->{err}, qr/\A\Q$file\E:$place: .*\Q$message\E/, "... at $place: $message");
    is($answer->{out}, '', '... and prints nothing on stdout');
}

my $syntax = '構文エラー';

chosen 'Odd bytes' => sub {
    exits(run([save('empty.reml', '')]), 0, 'a file of no bytes is accepted');
    exits(run([save('blank.reml', " \t\r\n\r\n")]), 0, 'a file of blanks is accepted');
    exits(run([save('cr.reml', "let x = 1\rlet y = 2\r")]), 0, 'CR ends lines');
    exits(run([save('crlf.reml', "let x = 1\r\nlet y = 2\r\n")]), 0, 'CR LF ends lines');
    rejects(save('crs.reml', "\r\rlet x = )"), '3:9', $syntax, 'lines that end with CR count');
    rejects(save('crlfs.reml', "\r\n\r\nlet x = )"), '3:9', $syntax, '... and with CR LF, once');
    rejects(save('bom.reml', "\xEF\xBB\xBFlet x = 1"), '1:1', 'U+FEFF', 'a BOM is an error');
    rejects(save('nul.reml', "let x = 1\n\0"), '2:1', 'Unexpected character: ',
        'a NUL is an error');
    exits(run([save('nuls.reml', qq(let x = "\0\0" // \0\nlet y = '\0' /* \0 */))]), 0,
        '... but not in strings, characters and comments');
    rejects(save('latin1.reml', "let caf\xE9 = 1"), '1:8', 'Unexpected character: ',
        'Latin-1 is an error');
    rejects(save('surrogate.reml', "let \xED\xA0\x80 = 1"), '1:5', 'UTF-8',
        'a surrogate is an error');
    rejects(save('formfeed.reml', "\f"), '1:1', 'Unexpected character: ',
        'a form feed is an error');
    exits(run([save('bytes.reml', join '', 'let x = "', map({ chr } 0 .. 33, 35 .. 91, 93 .. 255),
        '"')]), 0, 'a string may hold every byte');
    exits(run([save('utf16.reml', "\xFF\xFEl\0e\0t\0")]), 1, 'UTF-16 is rejected');
    exits(run([save('unended.reml', 'let x = 1')]), 0, 'the last line need not end');
};

chosen 'Odd bytes in every output' => sub {
    my $file = save('odd.reml', "let \xFF\xFE\0 = \"\x80\" \e[31m");
    for my $arguments (['--format', 'json'], ['--format', 'json', '--json-mode', 'lines'],
        ['--color', 'always'], ['--no-snippet'], ['--emit-tokens'],
        ['--emit-parse-debug', 'debug.json'])
    {
        exits(run([@$arguments, $file]), 1, "@$arguments");
    }
    my $shown = run([save('escape.reml', "let x = \e[31m")]);
    unlike($shown->{err}, qr/\e/, 'ESC of the source does not reach the terminal');
};

chosen 'Random bytes' => sub {
    srand 7;
    my @words = ('let', 'fn', '(', ')', '{', '}', '[', ']', '"', '"""', '/*', '*/', '//', "\n",
        "\r", "\0", "\xFF", "\xE3\x81", '=', '|', '->', '1.', "'", '\\', '@a', '#', '!', ' ');
    my ($tried, $wrong) = (0, 0);
    for (1 .. ($sanitized ? 20 : 60)) {
        save('random.reml', join '', map { rand() < 0.2 ? chr(rand 256) : $words[rand @words] }
            1 .. rand 400);
        my $answer = run(['random.reml'], memory => 1_000_000);
        $tried++;
        next if $answer->{code} == 0 || $answer->{code} == 1 && length $answer->{err};
        $wrong++;
        diag("exit code $answer->{code} for " . unpack 'H*', load('random.reml'));
    }
    cmp_ok($tried, '>', 10, 'random sources were tried');
    is($wrong, 0, 'all were accepted or rejected with a message');
};

chosen 'What is no source file' => sub {
    mkdir 'folder';
    for my $row (['missing.reml', 'No such file or directory'], ['folder', 'Is a directory'],
        ['empty.reml/x', 'Not a directory'], ['x' x 5000, 'File name too long'])
    {
        my ($file, $reason) = @$row;
        save('empty.reml', '');
        my $answer = run([$file]);
        exits($answer, 2, substr($file, 0, 20) . ' cannot be read');
        is($answer->{err}, "remlparse: $file: $reason\n", '... with path and reason');
        is($answer->{out}, '', '... and nothing on stdout');
    }
    symlink 'loop', 'loop';
    exits(run(['loop']), 2, 'a link to itself cannot be read');
    exits(run(['']), 2, 'an empty name cannot be read');
    exits(run(['/dev/null']), 0, '/dev/null is an empty file');
    save("line\nbreak \e[1m.reml", ')');
    exits(run(["line\nbreak \e[1m.reml"]), 1, 'a file with an odd name is parsed');
    save("caf\xE9.reml", ')');
    exits(run(["caf\xE9.reml"]), 1, '... also with a name that is no UTF-8');
    exits(run(['--format', 'json', "caf\xE9.reml"]), 1, '... and shown as JSON');
};

# A child that writes these pieces to a FIFO, slowly.
sub writer {
    my ($fifo, @pieces) = @_;
    my $child = fork // die "fork: $!";
    return $child if $child;
    open my $out, '>', $fifo or POSIX::_exit(1);
    for my $piece (@pieces) {
        syswrite $out, $piece;
        sleep 0.02;
    }
    POSIX::_exit(0);
}

chosen 'FIFOs' => sub {
    mkfifo('fifo', 0600) or die "mkfifo: $!";
    my $writer = writer('fifo', split //, "let x = \"\xE3\x81\x82\" // end\n");
    my $answer = run(['--emit-ast', 'fifo']);
    waitpid $writer, 0;
    exits($answer, 0, 'a FIFO that is written byte by byte is parsed');
    is($answer->{out}, qq(let x = string[normal]("\\227\\129\\130")\n), '... as a whole');
    $writer = writer('fifo', 'let x', ' = ', ')', "\nlet y", ' = 1');
    $answer = run(['fifo']);
    waitpid $writer, 0;
    exits($answer, 1, 'a mistake in a FIFO is found');
    like($answer->{err}, qr/\Afifo:1:9: .*^ +1 \| let x = \)$/ms, '... and shown with its line');
    $writer = writer('fifo');
    exits(run(['-'], in => 'fifo'), 0, 'a FIFO without bytes on stdin is an empty file');
    waitpid $writer, 0;
};

chosen 'Deep nesting within 2 GiB' => sub {
    my $depth = $sanitized ? 50_000 : 500_000;
    my %limits = (memory => 2_097_152, stack => 1024);
    for my $row (['(', '1', ')'], ['[', '1', ']'], ['{', '1', '}'], ['{a:', '1', '}'],
        ['-', '1', ''], ['|a| ', '1', ''], ['if a then b else ', 'c', ''],
        ['match a with|b->', 'c', ''], ['f(', 'a', ')'])
    {
        my ($open, $middle, $close) = @$row;
        save('deep.reml', 'let x = ', $open x $depth, $middle, $close x $depth);
        my $answer = run(['--emit-ast', '--emit-ast-json', 'deep.reml'], %limits);
        exits($answer, 0, "$depth times '$open' is accepted and printed");
        cmp_ok(length $answer->{out}, '>', 20, '... on stdout');
        save('open.reml', 'let x = ', $open x $depth);
        exits(run(['open.reml'], %limits), 1, '... and unclosed it is rejected');
    }
    save('comment.reml', '/*' x $depth, '*/' x $depth, 'let x = 1');
    exits(run(['comment.reml'], %limits), 0, 'comments nest as deep');
    save('long.reml', 'let x = a', ' + a' x $depth);
    exits(run(['--emit-ast', 'long.reml'], %limits), 0, 'a chain of operators is as long');
    my $answer = run(['open.reml', 'deep.reml'], memory => 40_000);
    cmp_ok($answer->{code}, '>=', $sanitized ? 0 : 1, 'with hardly any memory it ends');
    cmp_ok($answer->{code}, '<=', 2, '... and not by a signal');
    like($answer->{err}, qr/\S/, '... and says something') unless $sanitized;
};

chosen 'Long lines' => sub {
    my $size = $sanitized ? 500_000 : 5_000_000;
    save('long.reml', 'let x = [', '1, ' x $size, ')]');
    my $answer = run(['long.reml'], memory => 2_097_152);
    exits($answer, 1, 'a mistake at the end of a line of megabytes is found');
    like($answer->{err}, qr/\Along\.reml:1:\d{6,}: /, '... in its place');
    save('name.reml', 'let ', 'a' x $size, ' = )');
    exits(run(['name.reml'], memory => 2_097_152), 1, '... also behind a name of megabytes');
};

# A sparse file: it takes no room on the disk.
sub sparse {
    my ($name, $size, $start) = @_;
    save($name, $start);
    truncate $name, $size or return undef;
    return $name;
}

chosen 'Files of 5 GiB' => sub {
    plan skip_all => 'takes too long with sanitizers' if $sanitized;
    my $file = sparse('huge.reml', 5 << 30, '/*');
    plan skip_all => 'no sparse files here' unless defined $file && (-s $file) == 5 << 30;
    rejects($file, '1:4294967295', 'parser.limit.bytes',
        'a comment of 5 GiB is over the limit of 4294967294 bytes', memory => 2_097_152);
    my $kept = run([$file], memory => 524_288);
    exits($kept, 2, 'what does not fit into memory with its source lines exits with 2');
    is($kept->{err}, "remlparse: huge.reml: out of memory\n", '... with the reason');
};

chosen 'Input that never ends' => sub {
    for my $start (')', "let a = 1\n)", '$', 'let x = perform Log.info(1) let') {
        my $answer = qx{(printf '%s\n' '$start'; exec yes 'let x = 1') 2>/dev/null |
            timeout 60 "$command" --profile reference --verbose 0 - 2>&1; echo "exit \$?"};
        like($answer, qr/^exit 1$/m, "reading ends with the mistake: $start");
        like($answer, qr/^ +\d+ \| let x = 1$/m, '... and with the line behind it');
    }
};

chosen 'Output that nobody reads' => sub {
    save('good.reml', "let x = 1\n" x 20_000);
    my $closed = run(['--emit-ast', 'good.reml'], closed => 1);
    exits($closed, 2, 'a closed stdout exits with 2');
    like($closed->{err}, qr/^remlparse: standard output: /, '... with a message');
    for my $option (qw(--emit-ast --emit-ast-json --emit-tokens)) {
        my $code = system 'sh', '-c',
            '{ "$@" 2>err; echo $? >code; } | head -c 10 >/dev/null', 'sh', $command, $option,
            'good.reml';
        is(load('code') + 0, 2, "$option into a pipe that is closed early exits with 2");
        is(load('err'), "remlparse: standard output: Broken pipe\n", '... with a message');
    }
};

chosen 'Signals' => sub {
    for my $signal (qw(TERM INT HUP)) {
        my $fifo = "waiting$signal";
        mkfifo($fifo, 0600) or die "mkfifo: $!";
        my $child = start($command, ['--emit-ast', '--emit-parse-debug', 'debug' . $signal, $fifo]);
        open my $out, '>', $fifo or die $!;
        syswrite $out, 'let x = 1 ';
        sleep 0.2;
        is(waitpid($child, WNOHANG), 0, 'the command waits for more of its input');
        kill $signal, $child;
        my $answer = finish($child);
        close $out;
        is($answer->{code}, -{ TERM => 15, INT => 2, HUP => 1 }->{$signal},
            "SIG$signal ends it at once");
        is($answer->{out} . $answer->{err}, '', '... without output');
        ok(!-e "debug$signal", '... or files');
    }
};

done_testing();
