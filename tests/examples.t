#!/usr/bin/env perl
# The programs in streaming/examples do what their README shows, with writers that are slow, endless
# or wrong. They are in $REML_BUILD/examples, by default build/examples.
#
# Nothing here is measured by the clock: a test that waits, waits for what a program prints.
# Arguments choose subtests by a part of their names.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use lib $FindBin::Bin;
use Program;
use Time::HiRes qw(sleep);

my $programs = abs_path(($ENV{REML_BUILD} // 'build') . '/examples');
defined $programs && -x "$programs/editor" or BAIL_OUT('the examples are not there: make examples');
my $sources = abs_path("$FindBin::Bin/../streaming/examples");
my $top = abs_path("$FindBin::Bin/..");
my $samples = "$top/tests/samples";
my $sanitized = length($ENV{REML_SANITIZE} // '');
my $patience = $sanitized ? 600 : 120;
isolate();
$SIG{PIPE} = 'IGNORE';

my $syntax = '構文エラー: 入力を解釈できません';

sub timed {
    my ($name, $body) = @_;
    chosen $name => sub { within($patience, $body) };
}

sub example {
    my ($name, $input, %how) = @_;
    my $file = save('in.reml', $input);
    return run_program("$programs/$name", $how{arguments} // [], in => $file, %how);
}

# The lines that the editor prints for keystrokes, by offset: a backspace prints one, too.
sub editor_lines {
    my ($keys) = @_;
    return split /^/, example('editor', $keys)->{out};
}

chosen 'The sources are for copying' => sub {
    my @own = map { s{.*/}{}r } glob "$top/{lexer,grammar,driver,streaming,compat}/*.{h,def}";
    for my $source (glob "$sources/*.c") {
        my $text = load($source);
        my $name = $source =~ s{.*/}{}r;
        my %included = map { $_ => 1 } $text =~ /^#include\s+[<"](.*?)[>"]/mg;
        my @headers = grep { $included{$_} } @own;
        is("@headers", 'remlparse.h', "$name needs the public header only");
        unlike($text, qr/reml__/, '... and no internal name');
    }
};

# What the README shows, from the top of the source tree.
timed 'The README' => sub {
    my $readme = load("$sources/README.md");
    local $ENV{PATH} = "$programs:$ENV{PATH}";
    for my $block ($readme =~ /^```\n(\$ .*?)^```\n/msg) {
        for my $step (split /^(?=\$ )/m, $block) {
            my ($command, $shown) = $step =~ /\A\$ (.*?)\n(.*)\z/s;
            is(scalar qx(cd '$top' && { $command; } 2>&1), $shown, $command);
        }
    }
};

# --- editor ---

timed 'editor: keystrokes' => sub {
    my $answer = example('editor', "fn f() = true\n");
    exits($answer, 0, 'a program is accepted');
    my @lines = split /\n/, $answer->{out};
    is(scalar @lines, 14, 'there is a line for every key, and one for the outcome');
    is($lines[0], '1 "f" fn', 'a keyword is offered as soon as it has begun');
    is($lines[2], '3 "" self identifier upper-identifier', 'behind it, what may follow is offered');
    is($lines[9], '10 "t" true', 'what is offered depends on the place');
    is($lines[13], 'accepted', 'the outcome comes last');
    like(example('editor', "let 名前 = 1\n")->{out}, qr/^7 "名"\n10 "名前"$/m,
        'a key may be a character of several bytes');
    is(example('editor', '')->{out}, "accepted\n", 'an empty line is a program');
};

timed 'editor: backspace' => sub {
    my @there = editor_lines("let x");
    my @back = editor_lines("let x = 1\x7F\x7F\x7F\x7F");
    is_deeply([@back[0 .. 4, 12]], [@there[0 .. 4, 4]],
        'every key that is taken back brings the state in front of it back');
    my @retyped = editor_lines("lat\x7F\x7Fet x = (\x7F1\n");
    is_deeply([@retyped[5 .. 11, 13 .. 15]], [(editor_lines("let x = 1\n"))[1 .. 7, 7 .. 9]],
        'typing goes on from there');
    like((editor_lines("\x7F"))[0], qr/^0 "" /, 'with nothing to take back, nothing happens');
    my $again = "let x = 1" . "\x7F" x 9;
    my $answer = example('editor', $again x 200 . "let x = 1\n");
    like($answer->{out}, qr/accepted\n\z/, 'going back and forth 200 times ends where it began');
};

timed 'editor: a mistake' => sub {
    my @lines = editor_lines("let = 1\n");
    is($lines[5], "6 mistake at 1:5: $syntax\n", 'is known behind the token that is wrong');
    is($lines[6], "7 mistake at 1:5: $syntax\n", '... and stays');
    is($lines[7], "mistake at 1:5: $syntax\n", '... to the end');
    exits(example('editor', "let = 1\n"), 1, 'the exit code is 1');
    my $mended = example('editor', "let = 1\x7F\x7F\x7Fy = 1\n");
    exits($mended, 0, 'when it is taken back, the text is a program');
    is($mended->{out} =~ tr/\n//, 16, '... and every key has its line');
    exits(example('editor', "let x = \n"), 1, 'an unfinished text is a mistake at its end');
    my $long = example('editor', 'x' x 5000);
    exits($long, 2, 'more keys than there is room for end it');
    is($long->{err}, "editor: too many keys\n", '... with a message');
};

# --- pipe ---

timed 'pipe: a slow writer' => sub {
    my $talk = attach("$programs/pipe", []);
    is(next_line($talk), "byte 0: feeder.await, wants 4096 to 65536 bytes\n",
        'before the first byte it says what it waits for') or return stop_running();
    give($talk, "let x = \"caf\xC3");
    like(next_line($talk), qr/^byte 13: feeder\.await, /, 'bytes are taken as they come');
    give($talk, "\xA9");
    like(next_line($talk), qr/^byte 14: feeder\.await, /, '... also within a character');
    give($talk, "\"\n");
    like(next_line($talk), qr/^byte 16: /, '... until the writer ends');
    my $answer = hang_up($talk);
    exits($answer, 0, 'what came is a program');
    like($answer->{out}, qr/^accepted: 16 bytes, 0 pauses\n\z/m, '... which it says');
};

timed 'pipe: pressure' => sub {
    my $text = 'let x = "' . 'a' x 3000 . "\"\nlet y = 2\n";
    my $answer = example('pipe', $text, arguments => [200, 100]);
    exits($answer, 0, 'a token longer than the watermark is accepted');
    my @pauses = $answer->{out} =~ /pending\.backpressure/g;
    is(scalar @pauses, 1, 'there is one pause, as the token stays unfinished');
    like($answer->{out}, qr/^accepted: 3021 bytes, 1 pauses\n\z/m, '... which the outcome counts');
    my $between = '// ' . 'b' x 999 . "\n";
    $answer = example('pipe', "$text$between" x 3, arguments => [200, 100]);
    like($answer->{out}, qr/, 3 pauses\n\z/, 'the pressure is over between several such tokens');
    $answer = example('pipe', $text, arguments => [4000, 100]);
    like($answer->{out}, qr/, 0 pauses\n\z/, 'below the watermark there is none');
    $answer = example('pipe', $text, arguments => [100, 200]);
    exits($answer, 2, 'watermarks the wrong way round are refused');
    like($answer->{err}, qr/"watermark_order"/, '... with the cause');
};

timed 'pipe: mistakes and failures' => sub {
    my $answer = example('pipe', "let x = 1\nlet = 2\n");
    exits($answer, 1, 'a syntax error ends it with 1');
    is($answer->{err}, "2:5: $syntax\n", '... and is shown with its place');
    my $talk = attach("$programs/pipe", []);
    next_line($talk);
    give($talk, "let x = )\n");
    rest($talk);
    exits(finish($talk->{child}, out => $talk->{from}), 1,
        '... at once, though the writer is not at its end');
    $answer = run_program("$programs/pipe", [], in => '/');
    exits($answer, 2, 'input that cannot be read ends it with 2');
    like($answer->{err}, qr/^cause: \{"errno":\d+\}\n\z/m, '... and the cause holds errno');
};

# --- count ---

timed 'count: kinds' => sub {
    my $answer = example('count', "let a = 1\nfn f() { 1 }\nlet b = 2\ntype alias T = Int\n");
    exits($answer, 0, 'a program is accepted');
    is($answer->{out}, "Let 2\nFn 1\nTypeAlias 1\n", 'every declaration counts for its kind');
    $answer = example('count', "let a = 1\nlet b = 2\nlet = 3\n");
    exits($answer, 1, 'a syntax error ends it with 1');
    is($answer->{out}, "Let 2\n", '... and what came before has been counted');
    is($answer->{err}, "3:5: $syntax\n", '... and the place is shown');
    exits(run_program("$programs/count", [], in => '/'), 2, 'input that cannot be read gives 2');
    my $talk = attach("$programs/count", []);
    give($talk, $_) for "let a = \"\xE5", "\x90", "\x8D\"\n", "let \xE5", "\x90", "\x8D = 1\n";
    $answer = hang_up($talk);
    is($answer->{out}, "Let 2\n", 'reads may end within a character');
};

sub interrupt {
    my ($talk) = @_;
    kill 'INT', $talk->{child};
    my $rest = rest($talk);
    return { %{ finish($talk->{child}, out => $talk->{from}) }, out => $rest };
}

# Peak resident memory of a process, in KiB.
sub peak {
    my ($child) = @_;
    my ($peak) = load("/proc/$child/status") =~ /^VmHWM:\s+(\d+) kB$/m;
    return $peak;
}

timed 'count: an endless input' => sub {
    my $unit = "/* a comment */ fn f(n: Int) -> Int { g(n + 1) }\nlet x = [1, 2, 3]\n" x 100;
    my $times = int(($sanitized ? 4 : 64) * 2**20 / length $unit);
    my $talk = attach("$programs/count", []);
    my $sent = 0;
    $sent += give($talk, $unit) for 1 .. $times;
    is($sent, $times, sprintf('%d MiB are read while they come', $times * length($unit) / 2**20));
    my $peak = peak($talk->{child});
    SKIP: {
        skip 'sanitizers take memory of their own', 1 if $sanitized;
        cmp_ok($peak, '<', 32 * 1024, "... in constant memory (peak $peak KiB)");
    }
    my $answer = interrupt($talk);
    exits($answer, 0, 'Ctrl-C ends it, though the writer is not at its end');
    my ($lets, $fns) = $answer->{out} =~ /\ALet (\d+)\nFn (\d+)\n\z/;
    ok(defined $fns && $fns <= 100 * $times && $lets <= $fns && $fns - $lets <= 1,
        '... with the totals so far') or diag($answer->{out});
};

timed 'count: Ctrl-C while nothing comes' => sub {
    my $talk = attach("$programs/count", []);
    give($talk, "let a = 1\n" x 20_000);    # more than a pipe holds, so it is reading
    sleep 0.01 until load("/proc/$talk->{child}/stat") =~ /\) S /;
    my $answer = interrupt($talk);
    exits($answer, 0, 'it ends');
    like($answer->{out}, qr/\ALet \d+\n\z/, '... with the totals so far');
};

# --- all ---

chosen 'Output that is lost' => sub {
    for my $name (qw(editor pipe count)) {
        for my $how ([closed => 1], [out => '/dev/full']) {
            my $answer = example($name, "let x = 1\n", @$how);
            exits($answer, 2, "$name ends with 2 when output is lost ($how->[0])");
            like($answer->{err}, qr/^$name: standard output is lost$/m, '... with a message');
        }
    }
};

done_testing;
