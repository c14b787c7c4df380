#!/usr/bin/env perl
# Memcheck finds nothing in the command and in test programs, neither with collections, where what
# the collector itself does is suppressed (valgrind.supp), nor without any, where nothing is.
# The programs are in $REML_BUILD, by default build.
#
# Memory of the collector counts as written and as one piece for memcheck, so this is about the
# stack, tables, malloc and the C library; `make check SANITIZE=1` and the unit tests do the rest.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;

plan skip_all => 'sanitizers and valgrind exclude each other' if length($ENV{REML_SANITIZE} // '');
plan skip_all => 'valgrind is not installed' if system('valgrind --version >/dev/null 2>&1') != 0;

chdir "$FindBin::Bin/.." or die $!;
my $build = abs_path($ENV{REML_BUILD} // 'build');
-x "$build/remlparse" or BAIL_OUT('remlparse is not there');
my $work = tempdir(CLEANUP => 1);
$ENV{REMLC_FIXED_TIMESTAMP} = '1970-01-01T00:00:00Z';

my @valgrind = (qw(valgrind --quiet --error-exitcode=99 --num-callers=30),
    '--suppressions=tests/valgrind.supp');

# Runs a program under memcheck; its exit code, and what valgrind says.
sub check {
    my ($expected, $name, $program, @arguments) = @_;
    my $child = fork // die "fork: $!";
    if (!$child) {
        open STDIN, '<', '/dev/null' or die $!;
        open STDOUT, '>', "$work/out" or die $!;
        open STDERR, '>', "$work/err" or die $!;
        exec @valgrind, "--log-file=$work/log", $program, @arguments or die "exec: $!";
    }
    waitpid $child, 0;
    is($? >> 8, $expected, $name);
    open my $log, '<:raw', "$work/log" or die $!;
    local $/;
    is(scalar(<$log> // ''), '', '... and memcheck is silent');
}

# Some golden sources of each area, spread over its length, with the exit code of the command.
sub golden_sources {
    my @found;
    for my $area (glob 'compat/golden/cases/*') {
        my @sources = glob "$area/*.reml";
        my $step = int(@sources / 12) + 1;
        push @found, map { $sources[$_ * $step] } 0 .. $#sources / $step;
    }
    return @found;
}

sub is_accepted {
    my ($source) = @_;
    open my $file, '<:raw', $source =~ s/reml$/json/r or die $!;
    local $/;
    return scalar(<$file>) =~ /"accepted":true/;
}

subtest 'Golden sources' => sub {
    my (@accepted, @rejected);
    push @{ is_accepted($_) ? \@accepted : \@rejected }, $_ for golden_sources();
    cmp_ok(@accepted + @rejected, '>=', 80, 'there are a dozen of each area');
    my @all = ('--profile', 'reference', '--experimental-effects', '--emit-ast', '--emit-ast-json',
        '--emit-tokens');
    for my $collects (1, 0) {
        local $ENV{GC_DONT_GC} = 1 unless $collects;
        my $how = $collects ? 'with collections' : 'without collections';
        check(0, "accepted ones, $how", "$build/remlparse", @all, @accepted);
        check(1, "rejected ones, $how", "$build/remlparse", @all, @rejected);
        check(1, "... as JSON, $how", "$build/remlparse", '--format', 'json', @all, @rejected);
    }
};

subtest 'Programs of the profile spec' => sub {
    my $examples = 'compat/contract-spec/examples';
    my @all = ('--profile', 'spec', '--recover', '--emit-ast', '--emit-ast-json', '--emit-source');
    for my $collects (1, 0) {
        local $ENV{GC_DONT_GC} = 1 unless $collects;
        my $how = $collects ? 'with collections' : 'without collections';
        check(0, "accepted ones, $how", "$build/remlparse", @all, glob "$examples/valid-*.reml");
        check(1, "rejected ones, $how", "$build/remlparse", @all, glob "$examples/invalid-*.reml");
    }
};

subtest 'Samples' => sub {
    for my $collects (1, 0) {
        local $ENV{GC_DONT_GC} = 1 unless $collects;
        my @debug = ('--emit-parse-debug', "$work/debug.json", '--packrat', '--trace');
        check(0, 'inventory.reml', "$build/remlparse", @debug, '--emit-ast',
            'tests/samples/inventory.reml');
        check(1, 'mistake.reml', "$build/remlparse", @debug, '--color', 'always',
            'tests/samples/mistake.reml');
    }
};

subtest 'A program of a megabyte, with collections' => sub {
    open my $file, '>', "$work/big.reml" or die $!;
    print $file "let value = [f(1), \"text\", (a, b)] // of many\n" x 20_000;
    close $file or die $!;
    check(0, 'it is accepted', "$build/remlparse", '--emit-ast-json', "$work/big.reml");
};

subtest 'Test programs' => sub {
    local $ENV{GC_DONT_GC} = 1;
    local $ENV{REML_TEST_THIN} = 100;
    for my $program (qw(config cache memory)) {
        plan skip_all => "$program is not built" unless -x "$build/unit/$program";
        check(0, "$program", "$build/unit/$program");
    }
    check(0, 'split', "$build/unit/split", 'random pieces');
};

done_testing();
