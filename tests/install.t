#!/usr/bin/env perl
# `make install`: what it copies, what a program needs to use the library, and that `make uninstall`
# takes everything away again. $REML_BUILD is the build directory, by default build.
use strict;
use warnings;
use Test::More;
use File::Find qw(find);
use File::Temp qw(tempdir);
use FindBin;
use lib $FindBin::Bin;
use Program qw(save);

# A library with sanitizers links only into programs that have them, and is not for installing.
plan skip_all => 'a sanitized library is not for installing' if $ENV{REML_SANITIZE};

my $root = "$FindBin::Bin/..";
my $build = $ENV{REML_BUILD} // 'build';
my $cc = $ENV{CC} // 'cc';
my $work = tempdir(CLEANUP => 1);
chdir $root or die "$root: $!";

# The options of the make that runs this test are not those of the makes that this test runs.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS DESTDIR PREFIX SANITIZE)};
delete @ENV{qw(PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR LD_LIBRARY_PATH)};

# Exit code and output, standard error included. The words are passed on without a shell.
sub run {
    my @words = @_;
    my $child = open(my $pipe, '-|') // die "fork: $!";
    if (!$child) {
        open STDERR, '>&', \*STDOUT or die $!;
        open STDIN, '<', '/dev/null' or die $!;
        exec { $words[0] } @words or die "$words[0]: $!";
    }
    my $output = join '', <$pipe>;
    close $pipe;
    return ($?, $output);
}

sub succeeds {
    my ($name, @words) = @_;
    my ($status, $output) = run(@words);
    is($status, 0, $name) or diag("@words\n$output");
    return $output;
}

# Everything below a folder that is no folder itself, by its path within.
sub files_below {
    my ($folder) = @_;
    my @found;
    find({ no_chdir => 1, wanted => sub { push @found, substr $_, length $folder if -l || !-d } },
         $folder);
    return [sort @found];
}

# What pkg-config says, as words.
sub flags {
    my ($prefix, @options) = @_;
    local $ENV{PKG_CONFIG_PATH} = "$prefix/lib/pkgconfig";
    return split ' ', succeeds("pkg-config @options", 'pkg-config', @options, 'remlparse');
}

my $program = <<'C';
#include <remlparse.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  reml_context *context = reml_context_new();
  reml_config config = reml_config_default();
  const reml_result *good =
      reml_run_string(context, &config, "let x = 1", reml_string_from("good.reml"));
  const reml_result *bad =
      reml_run_string(context, &config, "let x =", reml_string_from("bad.reml"));
  printf("%d %d %s %s\n", good->accepted, bad->accepted,
         reml_node_kind_name(reml_node_kind_of(good->tree, good->unit)),
         strcmp(reml_version(), REML_VERSION) == 0 ? "same" : "other");
  printf("%s %d\n", reml_token_label(REML_TOKEN_PIPE),
         reml_token_category_of(REML_TOKEN_LET) == REML_CATEGORY_KEYWORD);
  return 0;
}
C
my $printed = "1 0 Unit same\n|> 1\n";

my @installed = qw(
    /bin/reml-compat /bin/remlparse
    /include/remlparse/reml_node.h /include/remlparse/reml_nodes.def
    /include/remlparse/reml_token.h /include/remlparse/reml_tokens.def
    /include/remlparse/remlparse.h
    /lib/libremlparse.a /lib/libremlparse.so /lib/libremlparse.so.0 /lib/libremlparse.so.0.1.0
    /lib/pkgconfig/remlparse.pc
    /share/bash-completion/completions/remlparse
    /share/fish/vendor_completions.d/remlparse.fish
    /share/man/man1/reml-compat.1 /share/man/man1/remlparse.1 /share/man/man3/remlparse.3
    /share/zsh/site-functions/_remlparse
);

subtest 'make install with DESTDIR copies exactly the files of a package' => sub {
    my @where = ("BUILD=$build", "DESTDIR=$work/stage", 'PREFIX=/usr');
    succeeds('make install', 'make', @where, 'install');
    is_deeply(files_below("$work/stage"), [map { "/usr$_" } @installed], 'these files');
    my $description = do { local (@ARGV, $/) = "$work/stage/usr/lib/pkgconfig/remlparse.pc"; <> };
    like($description, qr{^prefix=/usr$}m, 'the package description names the prefix alone');
    unlike($description, qr{@|\Q$work\E}, 'nothing is left to fill in, and DESTDIR is not in it');
    succeeds('make uninstall', 'make', @where, 'uninstall');
    is_deeply(files_below("$work/stage"), [], 'make uninstall leaves no file');
};

my $prefix = "$work/prefix";
succeeds('make install PREFIX=...', 'make', "BUILD=$build", "PREFIX=$prefix", 'install');
my $source = save("$work/program.c", $program);

subtest 'the installed command runs' => sub {
    my $output = succeeds('remlparse --version', "$prefix/bin/remlparse", '--version');
    like($output, qr/^remlparse \d+\.\d+\.\d+$/, 'and says its version');
};

subtest 'the shared library has its names' => sub {
    my $library = "$prefix/lib/libremlparse.so";
    my ($version) = (run("$prefix/bin/remlparse", '--version'))[1] =~ /(\d+\.\d+\.\d+)$/;
    is(readlink $library, 'libremlparse.so.0', 'the one that the linker looks for');
    is(readlink "$library.0", "libremlparse.so.$version", '... the one that programs look for');
    ok(!-l "$library.$version" && -f _, '... and the one that tells its version');
    like(succeeds('objdump', 'objdump', '-p', "$library.0"), qr/^\s*SONAME\s+libremlparse\.so\.0$/m,
         'its soname is the one that programs look for');
    my $description = do { local (@ARGV, $/) = "$prefix/lib/pkgconfig/remlparse.pc"; <> };
    like($description, qr/^Version: \Q$version\E$/m, 'pkg-config tells the same version');
};

subtest 'the manual pages and the completions are those of the source' => sub {
    my %source = ('man/man1/remlparse.1' => 'driver/remlparse.1',
                  'man/man3/remlparse.3' => 'driver/remlparse.3',
                  'man/man1/reml-compat.1' => 'compat/reml-compat.1',
                  'bash-completion/completions/remlparse' => "$build/completions/bash",
                  'zsh/site-functions/_remlparse' => "$build/completions/zsh",
                  'fish/vendor_completions.d/remlparse.fish' => "$build/completions/fish");
    for my $name (sort keys %source) {
        my ($status) = run('cmp', "$prefix/share/$name", $source{$name});
        is($status, 0, $name);
    }
    my ($without) = run('sh', '-c', 'command -v man');
  SKIP: {
        skip 'man is not there', 2 if $without != 0;
        for my $page (['3', 'remlparse'], ['1', 'reml-compat']) {
            succeeds("man @$page", 'man', '-M', "$prefix/share/man", @$page);
        }
    }
};

subtest 'a program links with the shared library by what pkg-config says' => sub {
    my @words = ($cc, '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-std=c11', '-o', "$work/shared",
                 $source, flags($prefix, '--cflags', '--libs'));
    succeeds('compiling', @words);
    local $ENV{LD_LIBRARY_PATH} = "$prefix/lib";
    is(succeeds('running', "$work/shared"), $printed, 'its output');
};

subtest 'a program links with the static library by what pkg-config --static says' => sub {
    my @words = ($cc, '-static', '-o', "$work/static", $source,
                 flags($prefix, '--static', '--cflags', '--libs'));
    succeeds('compiling', @words);
    is(succeeds('running', "$work/static"), $printed, 'its output');
};

subtest 'the header can be used from C++' => sub {
    my ($status) = run('sh', '-c', 'command -v c++');
    plan skip_all => 'no C++ compiler' if $status != 0;
    my @flags = flags($prefix, '--cflags');
    succeeds('checking', qw(c++ -fsyntax-only -Wall -Wextra -Wpedantic -Werror -x c++), @flags,
             save("$work/program.cc", "#include <remlparse.h>\n"));
};

subtest 'the shared library exports what the headers declare, and nothing else' => sub {
    my $headers = join '', map { do { local (@ARGV, $/) = $_; <> } } glob "$prefix/include/remlparse/*.h";
    $headers =~ s{/\*.*?\*/}{}gs;
    $headers =~ s{^\s*(#|typedef\b).*$}{}gm;
    my %declared = map { $_ => 1 } $headers =~ /\b(reml_[a-z0-9_]+)\s*\(/g;
    my @lines = split /\n/, succeeds('nm', 'nm', '-D', '--defined-only', "$prefix/lib/libremlparse.so.0");
    # The linker's own marks are no symbols of ours.
    my %exported = map { $_ => 1 } grep { !/^_/ } map { (split)[2] } @lines;
    is_deeply([sort keys %exported], [sort keys %declared], 'the same names');
    is_deeply([grep { /^reml__/ } keys %exported], [], 'no internal name');
};

succeeds('make uninstall PREFIX=...', 'make', "BUILD=$build", "PREFIX=$prefix", 'uninstall');
is_deeply(files_below($prefix), [], 'nothing is left');

done_testing;
