#!/usr/bin/env perl
# Diagnostics of the profile spec for people: their exact text, languages, explanations of codes,
# and what the formats for programs hold of them.
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
use strict;
use warnings;
use utf8;
use Test::More;
use Cwd qw(abs_path);
use Encode qw(decode encode_utf8);
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/spec";
use JSON::PP qw(decode_json);
use Cases;
use Program;

my $root = abs_path("$FindBin::Bin/..");
my $command = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $command && -x $command or BAIL_OUT('remlparse is not there');
my @cases = read_cases("$FindBin::Bin/spec/diagnostics.cases");
isolate();
$Program::profile = 'spec';
binmode $_, ':encoding(UTF-8)'
    for Test::More->builder->output, Test::More->builder->failure_output;

save('good.reml', "let x = 1\n");
save('open.reml', encode_utf8("let x = (1 + 2\nlet あ = 3\n"));
save('chain.reml', "let ok = a < b < c\n");

sub run { return run_program($command, @_) }

# What a run says on standard error, in a language.
sub said {
    my ($arguments, $language) = @_;
    my $answer = run($arguments, env => { REML_LOCALE => $language // 'en' });
    return decode('UTF-8', $answer->{err});
}

my %language = (text => 'en', ja => 'ja');

for my $case (@cases) {
    chosen $case->{name} => sub {
        save('case.reml', $case->{source});
        my @more = options_of($case);
        for my $rule (@{ $case->{rules} }) {
            my ($word, undef, $expected) = @$rule;
            next if $word eq 'with';
            my $name = $language{$word} // die "$case->{name}: what is '$word'?\n";
            $expected =~ s/\n+\z/\n/;
            $expected =~ s/\{U\+([0-9A-F]+)\}/chr hex $1/ge;
            is(said([@more, 'case.reml'], $name), $expected, "it is told so ($name)");
        }
    };
}

# --- choosing the language ---

chosen 'the language' => sub {
    my $in_japanese = sub {
        my (%variables) = @_;
        my %all = (REML_LOCALE => '', LC_ALL => '', LC_MESSAGES => '', LANG => '', %variables);
        return run(['--no-snippet', 'open.reml'], env => \%all)->{err} =~ /\xE3\x81/ ? 1 : 0;
    };
    is($in_japanese->(), 0, 'English when nothing is set');
    is($in_japanese->(LANG => $_), 1, "Japanese for LANG=$_") for qw(ja ja_JP ja_JP.UTF-8 ja-JP);
    is($in_japanese->(LANG => $_), 0, "English for LANG=$_") for qw(C POSIX en_US.UTF-8 jam fr);
    is($in_japanese->(LC_MESSAGES => 'ja', LANG => 'en'), 1, 'LC_MESSAGES beats LANG');
    is($in_japanese->(LC_ALL => 'en', LC_MESSAGES => 'ja'), 0, 'LC_ALL beats both');
    is($in_japanese->(REML_LOCALE => 'ja', LC_ALL => 'en'), 1, 'REML_LOCALE beats them all');
};

# --- several files, colors, metadata ---

chosen 'colors' => sub {
    my $plain = said(['open.reml']);
    my $colored = said(['--color', 'always', 'open.reml']);
    isnt($colored, $plain, 'there are colors');
    $colored =~ s/\e\[[0-9;]*m//g;
    is($colored, $plain, '... and nothing else is different');
};

chosen 'lines for programs' => sub {
    unlike(said(['open.reml']), qr/監査|拡張/, 'none by default');
    like(said(['--verbose', '2', 'open.reml']), qr/^監査: /m, '... but with --verbose 2');
    is(said(['--no-snippet', 'open.reml']),
        "open.reml:2:1: error[parser.syntax.unclosed_delimiter]: `(` is never closed: "
            . "expected `)`, found `let`\n"
            . "open.reml:1:9: note: `(` is opened here\nhelp: insert `)`\n",
        '--no-snippet leaves the lines of the source out');
};

# --- formats for programs ---

chosen 'gcc' => sub {
    my ($first, @notes) = split /\n/, said(['--format', 'gcc', 'open.reml']);
    is($first, 'open.reml:2:1: error: `(` is never closed: expected `)`, found `let`'
            . ' [parser.syntax.unclosed_delimiter]', 'message and code');
    is_deeply(\@notes, ['open.reml:1:9: note: `(` is opened here',
            'open.reml:1:15: note: insert `)`'], 'other places and what to do are notes');
};

chosen 'json' => sub {
    my $printed = run(['--format', 'json', '--json-mode', 'lines', 'open.reml', 'chain.reml']);
    my ($open, $chain, @more) = map { decode_json($_) } split /\n/, $printed->{err};
    is_deeply(\@more, [], 'each diagnostic is on a line of its own');
    is($open->{code}, 'parser.syntax.unclosed_delimiter', 'it has a code');
    is($open->{label}, 'expected `)`', '... a label');
    my $range = { file => 'open.reml', line => 1, column => 15, endLine => 1, endColumn => 15 };
    my $insert = { kind => 'insert', range => $range, text => ')' };
    is_deeply($open->{fixits}, [$insert], '... the change that repairs it');
    is_deeply($open->{hints}, [{ message => 'insert `)`', actions => [$insert] }],
        '... and in words');
    is_deeply($open->{notes}, [{ message => '`(` is opened here',
        span => { file => 'open.reml', line => 1, column => 9, endLine => 1, endColumn => 10 } }],
        '... and the other place');
    like($chain->{hints}[0]{message}, qr/&&/, 'a hint can be without a change');
    ok(!exists $chain->{fixits} && !exists $chain->{hints}[0]{actions}, '... then there is none');
    is($open->{expected}{humanized}, 'expected an operator, `,` or `)`',
        'the expected set is in words, too');
    my $list = decode_json(run(['--format', 'json', 'open.reml'])->{err});
    is(scalar @{ $list->{diagnostics} }, 1, 'otherwise they are in a list');
};

chosen 'sarif' => sub {
    my $log = decode_json(run(['--format', 'sarif', 'open.reml', 'chain.reml'])->{out});
    my $run = $log->{runs}[0];
    my ($open, $chain) = @{ $run->{results} };
    is($run->{language}, 'en', 'the log is in English');
    is($run->{tool}{driver}{rules}[$_->{ruleIndex}]{id}, $_->{ruleId}, "$_->{ruleId} is a rule")
        for $open, $chain;
    my ($place) = @{ $open->{relatedLocations} };
    is($place->{message}{text}, '`(` is opened here', 'other places are related');
    is($place->{physicalLocation}{region}{startColumn}, 9, '... by their place');
    my $fix = $open->{fixes}[0];
    my $change = $fix->{artifactChanges}[0]{replacements}[0];
    is($fix->{description}{text}, 'insert `)`', 'changes are fixes');
    is_deeply([@{ $change->{deletedRegion} }{qw(byteOffset byteLength)}], [14, 0],
        '... at a place');
    is($change->{insertedContent}{text}, ')', '... with what to insert');
    ok(!exists $chain->{fixes}, 'without a change there is none');
    like($chain->{message}{text}, qr/\n.*&&/, '... and what to do is in the message');
    $log = decode_json(run(['--format', 'sarif', 'open.reml'],
        env => { REML_LOCALE => 'ja' })->{out});
    is($log->{runs}[0]{language}, 'ja', 'it can be in Japanese');
};

# --- changes repair the source ---

# Empty when there is none.
sub first_diagnostic {
    my ($file) = @_;
    my ($line) = split /\n/, run(['--format', 'json', '--json-mode', 'lines', $file])->{err};
    return defined $line ? decode_json($line) : {};
}

sub offset_of {
    my ($source, $line, $column) = @_;
    my @lines = split /(?<=\n)/, $source;
    return length(join '', @lines[0 .. $line - 2]) + $column - 1;
}

sub changed {
    my ($source, $fixit) = @_;
    my $range = $fixit->{range};
    my $from = offset_of($source, @{$range}{qw(line column)});
    my $to = offset_of($source, @{$range}{qw(endLine endColumn)});
    substr($source, $from, $to - $from) = encode_utf8($fixit->{text} // '');
    return $source;
}

chosen 'changes' => sub {
    no warnings 'uninitialized';
    my @mistakes = grep { @{ $_->{marks} } == 1 } read_cases("$FindBin::Bin/spec/mistakes.cases");
    my $repaired = 0;
    for my $case (@mistakes) {
        save('case.reml', $case->{source});
        my $before = first_diagnostic('case.reml');
        my ($fixit) = @{ $before->{fixits} // [] } or next;
        save('case.reml', changed($case->{source}, $fixit));
        my $after = first_diagnostic('case.reml');
        isnt("@{$after}{qw(code message)}", "@{$before}{qw(code message)}",
            "$case->{name}: the change removes this mistake");
        $repaired += !%$after;
    }
    cmp_ok($repaired, '>=', 40, 'most changes are all that was missing');
};

# --- explanations ---

my $table = decode('UTF-8', load("$root/driver/explain.def"));
my @codes = $table =~ /^CODE\(\w+, "([\w.]+)"/mg;

# Title, and the two examples.
sub explanation {
    my ($code, $language) = @_;
    my $answer = run(['--explain', $code], env => { REML_LOCALE => $language });
    exits($answer, 0, "$code is explained ($language)");
    my $text = decode('UTF-8', $answer->{out});
    my ($title) = $text =~ /\A\Q$code\E: (.*)\n\n\S/;
    my @examples = $text =~ /^\S+:\n\n((?:    .*\n|\n)+)/mg;
    s/^    //mg, s/\n+\z/\n/ for @examples;
    return ($title // '', @examples);
}

sub code_of {
    my ($source) = @_;
    save('example.reml', encode_utf8($source));
    return first_diagnostic('example.reml')->{code} // 'none';
}

chosen 'every code is explained' => sub {
    cmp_ok(scalar @codes, '>', 40, 'there are codes');
    my %seen;
    is_deeply([grep { $seen{$_}++ } @codes], [], '... each once');
    for my $code (@codes) {
        my ($title, @examples) = explanation($code, 'en');
        unlike($title, qr/[^\x00-\x7F]/, '... with a title in English');
        like((explanation($code, 'ja'))[0], qr/[\p{Han}\p{Hiragana}\p{Katakana}]/,
            '... and in Japanese');
        ok(@examples == 0 || @examples == 2, '... with two examples or none');
        next if !@examples;
        is(code_of($examples[0]), $code, '... the wrong one has it');
        is(code_of($examples[1]), 'none', '... the corrected one has none');
    }
};

chosen 'codes of the reference are explained, too' => sub {
    my %known = map { $_ => 1 } @codes;
    my $tables = join '', map { decode('UTF-8', load("$root/$_")) } 'driver/diagnostics.def',
        'compat/sarif.def';
    my %used = map { $_ => 1 } $tables =~ /"((?:[a-z_]+\.)+[a-z_0-9]+)"/g;
    cmp_ok(scalar keys %used, '>', 10, 'the tables have codes');
    is_deeply([grep { !$known{$_} } sort keys %used], [], 'all of them are explained');
};

chosen 'codes that there are not' => sub {
    my $answer = run(['--explain', 'comparison_chian']);
    exits($answer, 1, 'an unknown code is refused as a wrong option is');
    is($answer->{out}, '', '... without output');
    is($answer->{err}, "remlparse: unknown code 'comparison_chian'\nSimilar codes:\n"
            . "  parser.syntax.comparison_chain\n", '... and a similar one is named');
    like(run(['--explain', 'lexer'])->{err}, qr/^  lexer\.unclosed_string$/m,
        'a part of a code is similar');
    my @listed = run(['--explain', 'xyzzy'])->{err} =~ /^  (\S+)$/mg;
    is_deeply(\@listed, [sort @codes], 'when nothing is similar, all codes are listed');
    exits(run(['--explain']), 1, '--explain needs a code');
};

done_testing;
