#!/usr/bin/env perl
# What the library is made of: it calls nothing that prints, exits or keeps state, its memory comes
# from the collector, it has no variables, and the shared library exports what remlparse.h declares.
# The libraries are in $REML_BUILD, by default build.
use strict;
use warnings;
use Test::More;
use FindBin;

plan skip_all => 'sanitizers add symbols of their own' if length($ENV{REML_SANITIZE} // '');
plan skip_all => 'nm and objdump are not installed'
    if system('nm --version >/dev/null 2>&1 && objdump --version >/dev/null 2>&1') != 0;

my $build = $ENV{REML_BUILD} // 'build';
my $archive = "$build/libremlparse.a";
my ($shared) = glob "$build/libremlparse.so.*";
-e $archive or BAIL_OUT("$archive is not there");

my %called = map { $_ => 1 } grep { !/^_*reml_/ } qx(nm -u '$archive') =~ /^ +U (\S+)$/mg;
my %defined = map { $_ => 1 } qx(nm --defined-only '$archive') =~ /^[0-9a-f]+ T (\S+)$/mg;

subtest 'Calls' => sub {
    cmp_ok(scalar keys %called, '>', 10, 'the library calls something');
    my @output = grep { $called{$_} } qw(printf vprintf fprintf vfprintf puts fputs putchar putc
        fputc fwrite write stdout stderr perror syslog __printf_chk __fprintf_chk);
    is("@output", '', 'it never prints');
    my @ends = grep { $called{$_} } qw(exit _exit _Exit abort quick_exit raise kill __assert_fail);
    is("@ends", '', 'it never ends the program');
    my @state = grep { $called{$_} } qw(setlocale setenv putenv unsetenv chdir signal sigaction
        srand rand strtok localtime gmtime asctime ctime);
    is("@state", '', 'it changes nothing that belongs to the whole process');
    my @memory = grep { $called{$_} } qw(malloc calloc realloc strdup strndup asprintf alloca);
    is("@memory", '', 'its memory comes from the collector');
    # tests/unit/memory.c makes these fail; another one must be added there and in GNUmakefile
    my @known = qw(GC_malloc GC_malloc_atomic GC_malloc_atomic_ignore_off_page
        GC_malloc_ignore_off_page);
    is(join(' ', sort grep { /^GC_.*(alloc|strdup)/ } keys %called), "@known",
        '... by the functions that are made to fail');
};

subtest 'Variables' => sub {
    my @variables = grep { !/ d +\./ }
        grep { /\s(?:\.data|\.bss|\.tdata|\.tbss|\.data\.rel|\.data\.rel\.local|\*COM\*)\s/ }
        qx(objdump -t '$archive');
    is(join('', grep { !/\s0{8,16}\s+\S+$/ || /\sO\s/ } @variables), '',
        'nothing in the library can be written');
};

sub declared {
    my ($header) = @_;
    open my $file, '<', "$FindBin::Bin/../$header" or die "$header: $!";
    local $/;
    return <$file> =~ /\bREML_API\b[^;{]*?\b(reml_\w+)\s*\(/g;
}

subtest 'The public interface' => sub {
    my @declared = sort(declared('driver/remlparse.h'), declared('lexer/reml_token.h'));
    cmp_ok(scalar @declared, '>=', 40, 'remlparse.h declares functions');
    my @missing = grep { !$defined{$_} } @declared;
    is("@missing", '', 'all of them are defined');
    my %exported = map { $_ => 1 } qx(nm -D --defined-only '$shared') =~ / T (\S+)$/mg;
    is(join(' ', grep { !$exported{$_} } @declared), '', '... and exported');
    is(join(' ', grep { !/^reml_[^_]/ } sort keys %exported), '',
        'only public names are exported');
    my @foreign = grep { !/^reml_/ } sort keys %defined;
    is("@foreign", '', 'all names of the library begin with reml_');
};

done_testing();
