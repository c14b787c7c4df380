#!/usr/bin/env perl
# The formats of diagnostics that other programs read: `--format gcc` and `--format sarif`.
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use Encode qw(decode encode);
use FindBin;
use lib $FindBin::Bin;
use JSON::PP qw(decode_json);
use Program;

my $root = abs_path("$FindBin::Bin/..");
my $command = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $command && -x $command or BAIL_OUT('remlparse is not there');
isolate();

my $place = qr/[^:\n]+:[1-9]\d*:[1-9]\d*/;

save('good.reml', "let x = 1\n");
save('bad.reml', "let a = 1\nlet x = )\n");
save('wide.reml', "let あ = \"𝒳é\xFF\" + )\n");
save('effect.reml', "let x = perform Log.info(1)\n");
save('bytes.reml', "let caf\xE9 = 1\n");

sub run { return run_program($command, @_) }

sub gcc {
    my @arguments = @_;
    return run(['--format', 'gcc', @arguments]);
}

# The log of a run, and the run.
sub sarif {
    my ($arguments, %how) = @_;
    my $answer = run(['--format', 'sarif', @$arguments], %how);
    my $log = eval { decode_json($answer->{out}) } // {};
    is($@, '', "@$arguments: stdout is JSON");
    return ($log, $answer);
}

sub results {
    my ($log) = @_;
    return @{ $log->{runs}[0]{results} };
}

sub notifications {
    my ($log) = @_;
    return @{ $log->{runs}[0]{invocations}[0]{toolExecutionNotifications} };
}

sub uri { return $_[0]{locations}[0]{physicalLocation}{artifactLocation}{uri} }
sub region { return $_[0]{locations}[0]{physicalLocation}{region} }

# Every streaming way to parse gives what the plain one gives.
my @ways = ([], ['-Zstreaming'], ['-Zstreaming', '--stream-chunk-size', '1'],
    ['-Zstreaming', '--stream-profile', 'poc']);

chosen 'gcc: lines' => sub {
    my $answer = gcc('bad.reml');
    exits($answer, 1, 'a rejected file exits with 1');
    is($answer->{out}, '', '... and stdout stays empty');
    my @lines = split /\n/, $answer->{err};
    is($lines[0], 'bad.reml:2:9: error: 構文エラー: 入力を解釈できません',
        'an error is FILE:LINE:COLUMN: error: MESSAGE');
    like($lines[1], qr/^bad\.reml:2:9: note: ここで`continue`、/,
        'what could stand there is a note');
    is(scalar @lines, 2, '... and that is all');
    my $effect = gcc('effect.reml')->{err};
    like($effect, qr/^effect\.reml:1:9: error: .* \[effects\.syntax\.experimental_disabled\]$/m,
        'a code stands in brackets behind the message');
    like($effect, qr/^effect\.reml:1:9: note: `-Zalgebraic-effects` /m,
        'the note of a diagnostic is a note');
    like(gcc('wide.reml')->{err}, qr/^wide\.reml:1:23: /, 'columns count bytes');
    exits(gcc('good.reml'), 0, 'an accepted file exits with 0');
    is(gcc('good.reml')->{err}, '', '... in silence');
};

chosen 'gcc: all diagnostics' => sub {
    my @switches = ('--left-recursion', 'on', '--require-eof');
    my @lines = grep { !/: note: / } split /\n/, gcc(@switches, 'bad.reml')->{err};
    is_deeply([map { /^($place: \w+): / } @lines],
        ['bad.reml:1:1: warning', 'bad.reml:2:9: error', 'bad.reml:2:10: error'],
        'warnings and errors, in order of recording');
    my $good = gcc(@switches, 'good.reml');
    exits($good, 0, 'warnings do not reject a file');
    like($good->{err}, qr/\Agood\.reml:1:1: warning: .*left_recursion_unimplemented\]\n\z/,
        '... but they are shown');
    my $two = gcc('bad.reml', 'nowhere.reml', 'effect.reml');
    exits($two, 2, 'the worst exit code wins');
    like($two->{err}, qr/^bad\.reml:.*^remlparse: nowhere\.reml: No such .*^effect\.reml:/ms,
        'files follow each other, also one that cannot be read');
};

chosen 'gcc: every line can be read' => sub {
    my $file = save("odd\n name.reml", "let \xFF\e\n\x00");
    for my $switches (@ways) {
        my $answer = gcc(@$switches, $file, 'bytes.reml', 'bad.reml');
        my @strange = grep { !/^$place: (?:error|warning|note): [^\x00-\x1F]+\z/ }
            split /\n/, $answer->{err};
        is_deeply(\@strange, [], "@$switches: each has a place and a word");
        ok(defined eval { decode('UTF-8', $answer->{err}, 1) }, '... and all are UTF-8');
    }
};

chosen 'sarif: the log' => sub {
    my ($log, $answer) = sarif(['bad.reml']);
    exits($answer, 1, 'a rejected file exits with 1');
    is($answer->{err}, '', 'stderr stays empty');
    like($answer->{out}, qr/\A\{\n  "\$schema".*\}\n\z/s, 'the log is indented');
    is($log->{version}, '2.1.0', 'it says its version');
    is(scalar @{ $log->{runs} }, 1, '... and has one run');
    my $run = $log->{runs}[0];
    my $driver = $run->{tool}{driver};
    is($driver->{name}, 'remlparse', 'the tool has a name');
    is("remlparse $driver->{version}\n", run(['--version'])->{out}, '... a version');
    like($driver->{informationUri}, qr/^[a-z]+:\S+$/, '... and a place where it is described');
    is($run->{columnKind}, 'unicodeCodePoints', 'columns count characters');
    my ($result, @more) = results($log);
    is_deeply(\@more, [], 'there is one result');
    is($driver->{rules}[$result->{ruleIndex}]{id}, $result->{ruleId}, '... its rule is known');
    is($result->{ruleId}, 'reml.syntax', '... by its name');
    is($result->{level}, 'error', '... an error');
    like(encode('UTF-8', $result->{message}{text}), qr/\A構文エラー: .*\nここで/,
        '... with message and expectation');
    is(uri($result), 'bad.reml', '... its file');
    is_deeply(region($result),
        { startLine => 2, startColumn => 9, endLine => 2, endColumn => 10,
          byteOffset => 18, byteLength => 1 }, '... its place');
    my @expected = @{ $result->{properties}{expected} };
    is_deeply($expected[0], { kind => 'keyword', value => 'continue' },
        '... and what could stand there');
};

chosen 'sarif: success and failure' => sub {
    my ($log, $answer) = sarif(['good.reml']);
    exits($answer, 0, 'an accepted file exits with 0');
    is_deeply([results($log)], [], 'its log has no results');
    is_deeply($log->{runs}[0]{invocations},
        [{ executionSuccessful => JSON::PP::true, toolExecutionNotifications => [] }],
        '... and says that all went well');
    ($log, $answer) = sarif(['bad.reml', 'nowhere.reml', 'good.reml', 'effect.reml', 'folder']);
    exits($answer, 2, 'the worst exit code wins');
    is_deeply([map { uri($_) } results($log)], ['bad.reml', 'effect.reml'],
        'one log has the results of all files');
    is_deeply([map { [uri($_), $_->{message}{text}] } notifications($log)],
        [['nowhere.reml', 'No such file or directory'], ['folder', 'No such file or directory']],
        '... and notifications of what could not be read');
    is($log->{runs}[0]{invocations}[0]{executionSuccessful}, JSON::PP::false,
        '... so the run has failed');
    like($answer->{err}, qr/^remlparse: nowhere\.reml: No such file or directory$/m,
        '... which stderr says, too');
    my $driver = $log->{runs}[0]{tool}{driver};
    is($driver->{notifications}[$_->{descriptor}{index}]{id}, $_->{descriptor}{id},
        '... by descriptors that are known') for notifications($log);
    ($log) = sarif(['--left-recursion', 'on', 'good.reml']);
    is_deeply([map { $_->{level} } results($log)], ['warning'], 'an accepted file has warnings');
    ($log) = sarif(['--packrat', '--require-eof', 'bad.reml']);
    is_deeply([map { $_->{level} } results($log)], ['warning', 'error', 'error'],
        'a rejected one has all of its diagnostics');
};

chosen 'sarif: places' => sub {
    my ($log) = sarif(['wide.reml', "$root/tests/samples/mistake.reml", './bad.reml']);
    my ($wide, $sample, $bad) = results($log);
    is_deeply([@{ region($wide) }{qw(startColumn endColumn byteOffset byteLength)}],
        [17, 18, 22, 1], 'columns count characters, offsets bytes');
    like(uri($sample), qr{^file:///.*/tests/samples/mistake\.reml$}, 'an absolute path is a URI');
    is(uri($bad), 'bad.reml', './ is left out');
    my $odd = save("a b:あ\xFF.reml", ')');
    ($log) = sarif([$odd]);
    is(uri((results($log))[0]), 'a%20b%3A%E3%81%82%FF.reml', 'odd names are encoded');
    ($log) = sarif(['-'], in => 'bad.reml');
    is(uri((results($log))[0]), '%3Cstdin%3E', 'so is the name of standard input');
    save('long.reml', ("let あ = 12345\n" x 20_000) . "let あ = )\n");
    ($log) = sarif(['long.reml']);
    is_deeply([@{ region((results($log))[0]) }{qw(startLine startColumn endColumn)}],
        [20_001, 9, 10], 'a late mistake in a big file has its columns');
    save('crlf.reml', "let あ = 1\r\nlet い = 2\rlet う = )");
    ($log) = sarif(['crlf.reml']);
    is_deeply([@{ region((results($log))[0]) }{qw(startLine startColumn)}], [3, 9],
        'every line break counts');
    save('empty.reml', '');
    ($log) = sarif(['--left-recursion', 'on', 'empty.reml']);
    is_deeply([@{ region((results($log))[0]) }{qw(startLine startColumn endColumn)}], [1, 1, 1],
        'an empty file has a place');
};

chosen 'sarif: streaming' => sub {
    my @files = ('good.reml', 'bad.reml', 'wide.reml', 'effect.reml', 'bytes.reml');
    my ($whole, $answer) = sarif([@files]);
    for my $switches (@ways) {
        my ($log, $streamed) = sarif([@$switches, @files]);
        exits($streamed, 1, 'the exit code is the same');
        my @places = map { [uri($_), region($_), $_->{ruleId}, $_->{level}] } results($log);
        is_deeply(\@places, [map { [uri($_), region($_), $_->{ruleId}, $_->{level}] }
            results($whole)], "@$switches: the results are those of a whole parse");
    }
  SKIP: {
        skip 'there is no /proc/self/mem', 3 unless -e '/proc/self/mem';
        my ($log, $failed) = sarif(['-Zstreaming', '/proc/self/mem']);
        exits($failed, 2, 'a read error exits with 2');
        is_deeply([map { $_->{descriptor}{id} } notifications($log)], ['parser.stream.io_failed'],
            '... and is a notification');
    }
};

chosen 'sarif: layout and standard output' => sub {
    my (undef, $line) = sarif(['--json-mode', 'compact', 'bad.reml']);
    like($line->{out}, qr/\A[^\n]+\n\z/, 'the log may be one line');
    for my $other (['--emit-ast'], ['--emit-ast-json'], ['--emit-source'], ['--emit-tokens'],
        ['--emit', 'declarations'], ['-Zstreaming', '--dump-continuation'])
    {
        my $answer = run(['--format', 'sarif', @$other, 'good.reml']);
        exits($answer, 1, "@$other would be in the way");
        is($answer->{out}, '', '... and nothing is printed');
        like($answer->{err}, qr/^remlparse: option '--format sarif' needs standard output/,
            '... but a message');
    }
  SKIP: {
        skip 'there is no /dev/full', 2 unless -w '/dev/full';
        my $full = run(['--format', 'sarif', 'good.reml'], out => '/dev/full');
        exits($full, 2, 'a full disk exits with 2');
        is($full->{err}, "remlparse: standard output: No space left on device\n",
            '... with one message');
    }
    exits(run(['--format', 'sarif', 'good.reml'], closed => 1), 2, 'so does a closed stdout');
};

chosen 'sarif: every code has a description' => sub {
    my ($log) = sarif(['--profile', 'spec', 'bad.reml']);
    my $driver = $log->{runs}[0]{tool}{driver};
    my @descriptors = (@{ $driver->{rules} }, @{ $driver->{notifications} });
    my %known = map { $_->{id} => 1 } @descriptors;
    is(scalar keys %known, scalar @descriptors, 'each is described once');
    my @silent = grep { !length($_->{shortDescription}{text} // '') } @descriptors;
    is_deeply(\@silent, [], '... with a text');
    my $sources = join '', map { load($_) } glob "$root/driver/*.{c,def} $root/streaming/*.c";
    # A primary code; the second ones are no rules.
    my $code = qr/(?:parser|lexer|effects\.syntax|bridge\.stage)\.\w+\.?\w+/;
    my %used = map { $_ => 1 } $sources =~ /"($code)"/g;
    cmp_ok(scalar keys %used, '>=', 10, 'the sources have codes');
    is_deeply([grep { !$known{$_} } sort keys %used], [], 'all of them are described');
};

done_testing;
