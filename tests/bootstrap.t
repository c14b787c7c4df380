#!/usr/bin/env perl
# Building with no more than a C compiler, make, libgc and libunistring (make BOOTSTRAP=1).
# What was built is in $REML_BUILD, by default build.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Copy qw(copy);
use FindBin;
use lib $FindBin::Bin;
use Program;

my $source = abs_path("$FindBin::Bin/..");
my $build = abs_path($ENV{REML_BUILD} // 'build');
my $kept = "$source/bootstrap/generated";
my @generated = qw(lexer.c reml.c reml_tables.h spec.c spec_tables.h);
-x "$build/remlparse" or BAIL_OUT("$build/remlparse is not there");

my $work = isolate();

subtest 'What is checked in is what is generated, byte for byte' => sub {
    for my $name (@generated) {
        same(load("$kept/$name") // '', load("$build/gen/$name") // 'nothing is there',
            "$name is up to date (else: make regen)");
    }
    my @there = map { s{.*/}{}r } glob "$kept/*.[ch]";
    is_deeply([sort @there], [sort @generated], 'and there is nothing else');
};

# A PATH with nothing but what a C compiler brings, make, and the tools of a POSIX shell.
sub poor_path {
    my $bin = "$work/bin";
    mkdir $bin or die "$bin: $!";
    for my $tool (qw(cc gcc as ld ar ranlib make sh rm mkdir mv cp sed cat expr)) {
        my ($found) = grep { -x } map { "$_/$tool" } split /:/, $ENV{PATH};
        symlink $found, "$bin/$tool" if $found;
    }
    return $bin;
}

subtest 'A machine without re2c, lemon, python and pkg-config' => sub {
    plan skip_all => 'the sanitized build takes the same sources' if $ENV{REML_SANITIZE};
    my $path = poor_path();
    my %how = (env => {PATH => $path, MAKEFLAGS => '', MFLAGS => ''});
    ok(!-e "$path/$_", "... has no $_") for qw(re2c lemon python3 perl pkg-config);
    my @make = ('-C', $source, 'BOOTSTRAP=1', "BUILD=$work/built", 'CFLAGS=-O1', '-j2');
    my $made = run_program("$path/make", \@make, %how);
    exits($made, 0, 'make BOOTSTRAP=1 succeeds') or diag($made->{err});
    for my $sample (glob "$source/tests/samples/*.reml") {
        copy($sample, 'sample.reml') or die "$sample: $!";
        my @arguments = ('--emit-ast', '--emit-ast-json', '--emit-tokens', 'sample.reml');
        my $poor = run_program("$work/built/remlparse", \@arguments);
        my $usual = run_program("$build/remlparse", \@arguments);
        is_deeply($poor, $usual, "$sample: its output is that of the usual build");
    }
};

done_testing;
