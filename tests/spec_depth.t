#!/usr/bin/env perl
# Nesting in the profile `spec`, with recovery: every shape that tests/unit/depth.c knows, 200,000 or
# a million times, closed and unclosed, ends within its limits of memory and stack, and so do ten
# thousand lines behind a mistake that is nested ten thousand deep. The programs are in $REML_BUILD, by default build.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use FindBin;

chdir "$FindBin::Bin/.." or die $!;
my $build = $ENV{REML_BUILD} // 'build';

$ENV{REML_TEST_PROFILE} = 'recover';
my @said = qx("$build/unit/depth" nesting 2>&1);
is($?, 0, 'nesting') or diag(grep { /^\s*not ok/ } @said);
cmp_ok(scalar(grep { /^\s*ok/ } @said), '>', 50, '... of every shape');

my $directory = tempdir(CLEANUP => 1);
for my $open ('match a with|b if ', '{ ', '(', 'f(') {
    my $path = "$directory/lines.reml";
    open my $file, '>:raw', $path or die $!;
    print {$file} 'let x = ', $open x 10_000, ")\n", "=\n" x 10_000, "let y = 1\n";
    close $file or die $!;
    my @lines = qx("$build/remlparse" --recover "$path" 2>&1);
    is($? >> 8, 1, "lines behind 10000 times '$open'");
    like($lines[0], qr/error/, '... are told about');
}

done_testing;
