#!/usr/bin/env perl
# The profile `spec` extends the profile `reference`: of every recorded case that the reference
# accepts, the trees of both are the same but for the differences that the contract lists. The
# harness that says so is $REML_BUILD/reml-compat, by default build/reml-compat.
#
# Arguments choose subtests by a part of their names.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use lib $FindBin::Bin;
use Program;

my $harness = abs_path(($ENV{REML_BUILD} // 'build') . '/reml-compat');
my $golden = abs_path("$FindBin::Bin/../compat/golden");
defined $harness && -x $harness or BAIL_OUT('reml-compat is not there');
my $work = isolate();

sub run { return run_program($harness, ['extension', @_]) }

# How many cases the summary has for a class: those that count for it alone.
sub count {
    my ($answer, $class) = @_;
    return $answer->{out} =~ /^ *(\d+) +[0-9.]+%  \Q$class\E(?:,|$)/m ? $1 : 0;
}

chosen 'Every recorded case that the reference accepts' => sub {
    my @thin = length($ENV{REML_SANITIZE} // '') ? ('--sample', 10) : ();
    my $answer = run(@thin, $golden);
    exits($answer, 0, 'every difference is one that the contract lists');
    is(count($answer, 'unclassified'), 0, '... and so says the summary');
    is(count($answer, 'accepted by the reference'), 6290, '... of 6290 cases') unless @thin;
    my $all = count($answer, 'accepted by the reference');
    my $same = count($answer, 'equal as they are') + count($answer, 'equal after D1 to D5');
    cmp_ok($same, '>', 0.9 * $all, '... and more than nine of ten have no other than D1 to D5');
};

# One case; `class` is where the summary has to count it.
sub counts {
    my ($source, $class, $what, %config) = @_;
    my %case = (source_b64 => encode_base64($source, ''), config => \%config);
    my $path = save("$work/one.jsonl", encode_json(\%case) . "\n");
    my $answer = run($path);
    exits($answer, 0, $what);
    is(count($answer, $class), 1, "... counts as $class") or diag($answer->{out});
    return $answer;
}

chosen 'Cases of each difference' => sub {
    my $extended = 'equal after D1 to D5';
    counts('fn f() = 1', 'equal as they are', 'an input without any difference');
    counts('let x = "a".b', $extended, 'D1: a string at the beginning of an expression');
    counts('let x = /* " */ "a"("b")', $extended, 'D1: a quotation mark in a comment');
    counts("  let x = 1\n  let y = 2", $extended, 'D2: blanks in front of a declaration');
    counts('let É = 1', $extended, 'D3: an upper-case name beyond ASCII is a constructor');
    counts("let \xCD\xBA = 1", 'D3', 'D3: a name that has no beginning of a name');
    counts("let e\xCC\x81 = 1", 'D3', 'D3: a name that is not in NFC');
    counts("let x = '\x80'", 'D4', 'D4: a byte that is no character');
    counts(q(let x = "\u{41}\'\/\q"), $extended, 'D5: escapes');
    counts(q(let x = "\u{110000}"), 'D5', 'D5: an escape of no character');
    counts('let x = 1..2', 'D6', 'D6: a range');
    counts("let x = a\n(b)", 'D7', 'D7: a parenthesis that begins a line of the file');
    counts("fn f() { a\n[b] }", 'D7', 'D7: a bracket that begins a line of a block');
    counts('let [a, B(1), { c: -2 }] = r', 'D8', 'D8: a slice pattern');
    counts('let { x: a + 1 } = r', 'D8', 'D8: an expression in a pattern');
    counts('fn f() { const x }', 'D9', 'D9: a word that is a keyword here');
    counts('let f(x, (y, z)) : T = x', 'D10', 'D10: a function');
    counts('fn f() { A {} }', 'D11', 'D11: a typed record');
    counts('fn f() { return @a let b = 1 }', 'D12', 'D12: an attribute behind `return`');
    counts("let x = match a with | b -> c\n(d) | e -> f", 'D13', 'D13: an arm without its bar');
    counts('fn f() { do A.b(1)(c) }', 'equal as they are', 'D14: an effect with a call behind it',
        experimental_effects => JSON::PP::true);
};

chosen 'What the tables of ast-spec.md add is no difference' => sub {
    my $answer = counts(<<'REML', 'equal after D1 to D5', 'an input with all of it');
let x = match a with | r"b" if c -> d
effect E : io { @a operation b : T }
impl T { @a fn f() = 1 var v = 2 }
REML
    like($answer->{out}, qr/guard_if in 1, attributes in 1, .*PatRegex in 1$/m, '... is counted');
};

chosen 'What is not accepted, and what cannot be read' => sub {
    my $answer = run(save("$work/refused.jsonl", qq({"source":"let"}\n)));
    exits($answer, 0, 'a source that the reference refuses');
    is(count($answer, 'accepted by the reference'), 0, '... is no case');
    exits(run("$work/nowhere"), 2, 'a missing path');
    exits(run(save("$work/broken.jsonl", "nonsense\n")), 2, 'a line that is no case');
    exits(run('--sample', '0', $golden), 2, 'wrong usage');
};

done_testing();
