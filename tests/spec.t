#!/usr/bin/env perl
# The spec profile: programs it accepts with their trees, programs it refuses with the wrong token
# (spec/README.md), and the examples of its contract.
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
#
# Arguments choose cases by a part of their names.
use strict;
use warnings;
use utf8;
use Test::More;
use Cwd qw(abs_path);
use Encode qw(decode encode_utf8);
use FindBin;
use JSON::PP qw(decode_json);
use lib $FindBin::Bin, "$FindBin::Bin/spec";
use Cases;
use Program;

my $command = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $command && -x $command or BAIL_OUT('remlparse is not there');
my $examples = abs_path("$FindBin::Bin/../compat/contract-spec/examples");
my $samples = abs_path("$FindBin::Bin/samples");
my $golden = abs_path("$FindBin::Bin/../compat/golden/cases");
my $cases = abs_path("$FindBin::Bin/spec");
isolate();
binmode $_, ':encoding(UTF-8)'
    for Test::More->builder->output, Test::More->builder->failure_output;

my @streaming = ('-Zstreaming', '--stream-chunk-size', '1');

# Streaming is tried with every third case; spec_streams.t has them all, without the command.
my $thinned = $ENV{REML_TEST_THIN} || 3;
my $count = 0;
sub is_streamed { return @ARGV || $count++ % $thinned == 0 }

# Types of the sub-trees that are usual at the end of a path.
my %type_of = (
    value => 'E', expr => 'E', cond => 'E', then => 'E', else => 'E', lhs => 'E', rhs => 'E',
    target => 'E', source => 'E', scrutinee => 'E', guard => 'E', execution => 'E', type => 'T',
    ret => 'T', pattern => 'P', decl => 'Kind', decls => 'Decl', stmts => 'Stmt', arms => 'Arm',
    elements => 'E', defs => 'Def', monitoring => 'Mon', items => 'Kind'
);
my %short = (
    unit => '', whole => 'decls[0]', decl => 'decls[0].decl', body => 'decls[0].decl.body',
    value => 'decls[0].decl.value', type => 'decls[0].decl.type',
    pattern => 'decls[0].decl.pattern', stmts => 'decls[0].decl.body.stmts'
);

sub run {
    my ($case, @more) = @_;
    save('case.reml', $case->{source});
    return run_program($command, ['--profile', 'spec', options_of($case), @more, 'case.reml']);
}

sub about {
    my ($case, $text) = @_;
    return "$case->{name}: $text";
}

sub start_of { my ($text) = @_; return substr decode('UTF-8', $text), 0, 300 }

sub wanted {
    my ($case) = @_;
    return !@ARGV || grep { index("$case->{file}: $case->{name}", $_) >= 0 } @ARGV;
}

# --- what is accepted ---

sub check_tree {
    my ($case, $tree, $path, $type, $notation) = @_;
    $type //= do {
        my ($name, $index) = $path =~ /(\w+)(\[\d+\])?$/ ? ($1, $2) : ('');
        my $found = !length $path ? 'Unit' : $path =~ /^decls\[\d+\]\.decl\.body$/ ? 'Body'
            : $name eq 'body' ? 'E' : $type_of{$name};
        defined $found or die "$case->{file}: $case->{name}: no type for $path\n";
        !$index && $name =~ /^(?:decls|stmts|arms|items|defs|elements)$/ ? "$found*" : $found;
    };
    my $expected = eval { json_text(tree_of($notation, $type)) };
    defined $expected or return fail(about($case, "the notation at $path: $@"));
    my $part = subtree($tree, $path);
    my $got = defined $part ? json_text(without_spans($part)) : 'nothing there';
    same(encode_utf8($got), encode_utf8($expected),
        about($case, length $path ? $path : 'the tree'));
}

sub check_span {
    my ($case, $tree, $what, $mark) = @_;
    my ($kind, $number) = $what =~ /^([A-Z]\w*)(?:#(\d+))?$/;
    my $node = $kind ? (kind_nodes($tree, $kind))[($number // 1) - 1] : subtree($tree, $what);
    my $span = defined $node ? member($node, 'span') : undef;
    my $got = $span ? "$span->[1]-$span->[2]" : 'nothing there';
    is($got, "$mark->[0]-$mark->[1]", about($case, "span of $what"));
}

sub check_list {
    my ($case, $tree, $name, $expected) = @_;
    my $list = member($tree, $name);
    my @kinds = map { (member(member($_, 'decl'), 'kind') // '') =~ tr/"//dr }
        @{$list}[1 .. $#$list];
    is($name eq 'uses' ? scalar @kinds : "@kinds", $expected, about($case, $name));
}

sub check_accepted {
    my ($case) = @_;
    my $answer = run($case, '--emit-ast-json');
    is($answer->{code}, 0, about($case, 'accepted')) or return diag(start_of($answer->{err}));
    same(run($case, @streaming, '--emit-ast-json')->{out}, $answer->{out},
        about($case, 'streaming gives the same')) if is_streamed();
    my $tree = read_json(decode('UTF-8', $answer->{out}));
    my @marks = @{ $case->{marks} };
    my $looked = 0;
    for my $rule (@{ $case->{rules} }) {
        my ($word, $rest, $text) = @$rule;
        next if $word eq 'with';
        $looked++;
        if ($word eq 'span') {
            @marks or die "$case->{file}: $case->{name}: fewer marks than spans\n";
            check_span($case, $tree, $rest, shift @marks);
        } elsif ($word eq 'at') {
            my ($path, $type) = $rest =~ /^(\S+)(?: as (\S+))?$/;
            check_tree($case, $tree, $path, $type, $text);
        } elsif ($word eq 'decls' || $word eq 'uses') {
            check_list($case, $tree, $word, $rest);
        } elsif (exists $short{$word}) {
            check_tree($case, $tree, $short{$word}, undef, $text);
        } else {
            die "$case->{file}: $case->{name}: what is '$word'?\n";
        }
    }
    die "$case->{file}: $case->{name}: more marks than spans\n" if @marks;
    die "$case->{file}: $case->{name}: nothing is looked at\n" if !$looked;
}

# --- what is refused ---

sub first_diagnostic {
    my ($answer) = @_;
    my $report = eval { decode_json($answer->{err}) };
    return $report && $report->{diagnostics}[0] // {};
}

sub range_of {
    my ($diagnostic) = @_;
    my $at = $diagnostic->{location} or return 'none';
    return "$at->{line}:$at->{column} to $at->{endLine}:$at->{endColumn}";
}

sub alternatives {
    my ($diagnostic) = @_;
    return map { $_->{kind} eq 'eof' ? 'EOF' : $_->{value} }
        @{ ($diagnostic->{expected} // {})->{alternatives} // [] };
}

sub check_refused {
    my ($case) = @_;
    my @json = ('--format', 'json', '--json-mode', 'compact');
    my $answer = run($case, @json);
    is($answer->{code}, 1, about($case, 'refused'));
    my $diagnostic = first_diagnostic($answer);
    my ($from, $to) = map { place_of($case->{source}, $_) } @{ $case->{marks}[0] };
    is(range_of($diagnostic), "$from to $to", about($case, 'at the wrong token'));
    my @expected = alternatives($diagnostic);
    for my $rule (@{ $case->{rules} }) {
        my ($word, $rest) = @$rule;
        if ($word eq 'expects') {
            ok(grep({ $_ eq $rest } @expected), about($case, "$rest is expected"))
                or diag("expected are: @expected");
        } elsif ($word eq 'code') {
            is($diagnostic->{code}, $rest, about($case, 'code'));
        } elsif ($word ne 'with') {
            die "$case->{file}: $case->{name}: what is '$word'?\n";
        }
    }
    return if !is_streamed();
    my $streamed = first_diagnostic(run($case, @streaming, @json));
    my @same = qw(location message code);
    push @same, 'expected' if $diagnostic->{expected};    # a stream has a set for lexical errors
    is_deeply([@{$streamed}{@same}], [@{$diagnostic}{@same}],
        about($case, 'streaming gives the same'));
}

# --- the examples of the contract ---

# Where a comment names a token that occurs more than once before it is wrong.
my %occurrence = ('invalid-01-missing-arrow.reml' => 2);

sub example {
    my ($path) = @_;
    (my $name = $path) =~ s{.*/}{};
    my $source = load($path);
    my %case = (name => "example $name", file => 'examples', source => $source, rules => []);
    my ($named) = $source =~ m{^// wrong token: (.*?) \(};
    return \%case if !defined $named;
    my $number = $named =~ s/^the second // ? 2 : $occurrence{$name} // 1;
    my @found = ([length $source, length $source]);
    if ($named ne 'end of input') {
        my $start = 1 + index $source, "\n";
        my $token = $named =~ /^\w/ ? qr/\b\Q$named\E\b/ : qr/\Q$named\E/;
        my $text = substr $source, $start;
        @found = ();
        push @found, [$start + $-[0], $start + $+[0]] while $text =~ /$token/g;
        @found = $found[$number - 1] // die "$name: no such token\n";
    }
    $case{marks} = \@found;
    return \%case;
}

# ---

sub group {
    my ($name, $check, @cases) = @_;
    my @chosen = grep { wanted($_) } @cases or return;
    subtest $name => sub { $check->($_) for @chosen };
}

for my $path (glob "$cases/valid/*.cases") {
    group('Accepted: ' . ($path =~ s{.*/|\.cases$}{}gr), \&check_accepted, read_cases($path));
}
for my $path (glob "$cases/invalid/*.cases") {
    my @cases = read_cases($path);
    for my $case (@cases) {
        @{ $case->{marks} } == 1 or die "$case->{file}: $case->{name}: not one mark\n";
    }
    group('Refused: ' . ($path =~ s{.*/|\.cases$}{}gr), \&check_refused, @cases);
}

group 'Examples that are accepted' => sub {
    my ($case) = @_;
    my $answer = run($case, '--emit-ast-json');
    is($answer->{code}, 0, about($case, 'accepted')) or diag(start_of($answer->{err}));
    same(run($case, @streaming, '--emit-ast-json')->{out}, $answer->{out},
        about($case, 'streaming gives the same'));
}, map { example($_) } glob "$examples/valid-*.reml";
group('Examples that are refused', \&check_refused, map { example($_) }
        glob "$examples/invalid-*.reml");

# Programs that the reference accepts. Trees are compared without spans (D1, D2), and guards with
# `if` are told apart in the spec profile only. What else differs, and why:
my %differs = (
    'attributes_effects/impl_items' => 'attributes of impl items are kept',
    'decl/attributes_positions' => 'attributes of impl items are kept',
    'decl/impl_forms' => 'attributes of impl items are kept',
    'realistic/reml_lexer' => 'attributes of impl items are kept',
    'expr/call_across_newlines' => 'D7', 'expr/index' => 'D7', 'stmt/call_glues_next_line' => 'D7',
    'lexer/char_high_byte' => 'D4', 'lexer/identifiers_combining' => 'D3',
    'lexer/identifiers_unicode' => 'D3', 'lexer/numbers_range_like' => 'D6',
    'lexer/string_escapes_unknown' => 'D5', 'pattern/arrays_are_literals' => 'D8',
    'pattern/record_literal_ambiguity' => 'D8', 'pattern/literals' => 'regular expressions'
);

sub plain_tree {
    my ($answer) = @_;
    return '' if $answer->{code} != 0;
    my $tree = json_text(without_spans(read_json(decode('UTF-8', $answer->{out}))));
    return encode_utf8($tree =~ s/,"guard_if":true//gr);
}

sub compare_profiles {
    my ($path) = @_;
    my ($name) = $path =~ m{([^/]+/[^/]+)\.reml$};
    my @print = ('--emit-ast-json', $path);
    my $reference = run_program($command, ['--experimental-effects', @print]);
    return 0 if $reference->{code} != 0;
    my $spec = plain_tree(run_program($command, ['--profile', 'spec', @print]));
    if ($differs{$name}) {
        isnt($spec, plain_tree($reference), "$name differs: $differs{$name}");
    } else {
        same($spec, plain_tree($reference), "$name gives the same tree");
    }
    return 1;
}

chosen 'Programs of the reference profile' => sub {
    my $count = grep { compare_profiles($_) } glob "$samples/*.reml $golden/*/*.reml";
    cmp_ok($count, '>', 200, 'there are many');
};

done_testing();
