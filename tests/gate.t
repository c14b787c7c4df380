#!/usr/bin/env perl
# The gate as a whole (compat/gate/compat gate): it passes, writes its reports, and fails with the
# right reason for each thing that must not be. What was built is in $REML_BUILD, by default build.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use JSON::PP qw(decode_json);
use lib $FindBin::Bin;
use Program;

plan skip_all => 'the usual build takes the same sources' if length($ENV{REML_SANITIZE} // '');

my $source = abs_path("$FindBin::Bin/..");
my $build = abs_path($ENV{REML_BUILD} // 'build');
-x "$build/reml-compat" or BAIL_OUT('reml-compat is not there');
my $work = isolate();
my $tree = "$work/tree";

# The parts that can be changed are copies; what is large is a link.
sub copy_tree {
    mkdir $_ or die "$_: $!" for $tree, map { "$tree/$_" } qw(compat compat/golden roadmap);
    my @whole = qw(GNUmakefile bootstrap lexer grammar driver streaming tests);
    system('cp', '-a', (map { "$source/$_" } @whole), $tree) == 0 or die 'cp';
    my @some = glob "$source/compat/*.[ch] $source/compat/*.def $source/compat/gate";
    system('cp', '-a', @some, "$tree/compat") == 0 or die 'cp';
    system('cp', '-a', glob("$source/compat/golden/*"), "$tree/compat/golden") == 0 or die 'cp';
    symlink "$source/roadmap/metrics.md", "$tree/roadmap/metrics.md" or die $!;
}
copy_tree();

sub gate {
    my ($only, @more) = @_;
    my @how = ('--build', $build, '--out', "$work/gate", '--stages', "$work/stages");
    push @how, '--sample', 100, '--no-measure', '--today', '2026-11-21', '--only', $only;
    my $answer = run_program("$tree/compat/gate/compat", ['gate', @how, @more],
        env => {CFLAGS => '-O0'});
    my $summary = load("$work/gate/summary.json");
    $answer->{summary} = $summary ? decode_json($summary) : {};
    return $answer;
}

sub fails {
    my ($answer, $reason, $name) = @_;
    exits($answer, 1, "$name: the gate fails");
    is($answer->{summary}{verdict}, 'fail', '... and says so in summary.json');
    ok((grep { /$reason/ } @{ $answer->{summary}{reasons} // [] }), '... with the reason')
        or diag(explain($answer->{summary}{reasons}));
    like($answer->{err}, $reason, '... on standard error, too');
}

# Does something with a changed file, which is put back.
sub with_change {
    my ($file, $change, $body) = @_;
    my $text = load("$tree/$file");
    my $changed = $change->($text);
    isnt($changed, $text, "$file is changed");
    save("$tree/$file", $changed);
    $body->();
    save("$tree/$file", $text);
}

subtest 'As it is, it passes' => sub {
    my $answer = gate('S1,S3', '--require-success');
    exits($answer, 0, 'the gate passes') or diag($answer->{err});
    is($answer->{summary}{verdict}, 'pass', 'summary.json says so');
    is_deeply($answer->{summary}{reasons}, [], '... without a reason not to');
    for my $section (qw(parser streaming diag selfhost)) {
        my $file = decode_json(load("$work/gate/metrics-$section.json") // '{}');
        is($file->{section}, $section, "metrics-$section.json");
        cmp_ok(scalar @{ $file->{metrics} }, '>', 0, '... has metrics');
    }
    my $page = load("$work/gate/report.html") // '';
    like($page, qr{<title>remlparse gate: pass</title>}, 'report.html is a page');
    unlike($page, qr{https?://|<script|<link|src=}, '... that needs nothing from elsewhere');
    like($page, qr/>\Q$_\E</, "... which shows $_") for 'S1', 'S8', 'parser.parity.tokens';
    like(load("$work/gate/report.md") // '', qr/^# Gate: pass$/m, 'report.md is a report');
};

subtest 'A changed golden byte' => sub {
    my ($case) = sort glob "$source/compat/golden/cases/*/*.json";
    my $file = $case =~ s{^\Q$source\E/}{}r;
    my $twist = sub { $_[0] =~ s/"accepted":(true|false)/$1 eq 'true' ? '"accepted":false' : '"accepted":true'/er };
    with_change($file, $twist, sub {
        fails(gate('S1', '--sample', 1), qr/^(?:gate: )?S1: /m, 'a changed golden byte');
    });
};

subtest 'The allow-list' => sub {
    my $list = load("$tree/compat/gate/allowlist.txt");
    fails(gate('S3', '--today', '2027-06-01'), qr/allow-list: .*expired/, 'an expired entry');
    my @fields = ('lexer_*', 'run', '$.span', 'component-only', 'none', 'nobody');
    save('list.txt', $list, join("\t", @fields, '2026-11-21', '2026-11-30'), "\n");
    fails(gate('S3', '--allow-list', 'list.txt'), qr/allow-list: .*(?:stale|matches no)/,
        'a stale entry');
};

subtest 'A table edited by hand' => sub {
    my $edit = sub { $_[0] =~ s/TOKEN\(MODULE, "module"/TOKEN(MODULE,  "module"/r };
    with_change('lexer/reml_tokens.def', $edit, sub {
        fails(gate('S3'), qr/^(?:gate: )?S3: .*reml_tokens\.def/m, 'a table edited by hand');
    });
};

subtest 'A generated file out of date' => sub {
    with_change('bootstrap/generated/reml_tables.h', sub { $_[0] . "\n" }, sub {
        fails(gate('S3'), qr/^(?:gate: )?generated: .*reml_tables\.h/m, 'a generated file');
    });
};

done_testing;
