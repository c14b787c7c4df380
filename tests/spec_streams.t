#!/usr/bin/env perl
# Streams of the profile `spec`: every property of streams that tests/unit/stream_properties.c knows
# holds for each program of tests/spec and of the specification's examples, without and with
# recovery; of the latter every third place to cut is tried. The programs are in $REML_BUILD, by
# default build.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/spec";
use Cases;

chdir "$FindBin::Bin/.." or die $!;
my $build = abs_path($ENV{REML_BUILD} // 'build');
my $sources = tempdir(CLEANUP => 1);
my $count = 0;

for my $path (sort glob 'tests/spec/{mistakes,recovery}.cases tests/spec/*/*.cases') {
    (my $stem = $path) =~ s{.*/|\.cases$}{}g;
    for my $case (Cases::read_cases($path)) {
        open my $file, '>:raw', sprintf('%s/%s-%04d.reml', $sources, $stem, $case->{line}) or die $!;
        print {$file} $case->{source};
        close $file or die $!;
        $count++;
    }
}
for my $path (glob 'compat/contract-spec/examples/*.reml') {
    copy($path, $sources) or die $!;
    $count++;
}
cmp_ok($count, '>=', 250, 'there are programs');

$ENV{REML_TEST_SOURCES} = $sources;
for my $profile (qw(spec recover)) {
    $ENV{REML_TEST_PROFILE} = $profile;
    local $ENV{REML_TEST_THIN} = $ENV{REML_TEST_THIN} // 3 if $profile eq 'recover';
    my @said = qx("$build/unit/stream_properties" 2>&1);
    my @failed = grep { /^\s*not ok/ } @said;
    is($?, 0, "profile $profile: every property holds")
        or diag(@failed[0 .. ($#failed > 9 ? 9 : $#failed)]);
    cmp_ok(scalar(grep { /^\s*ok/ } @said), '>', 4 * $count, '... for every program');
}

done_testing;
