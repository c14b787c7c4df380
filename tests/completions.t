#!/usr/bin/env perl
# What shells complete: $REML_BUILD/completions/bash, zsh, fish, by default in build.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use lib $FindBin::Bin;
use Program;

my $build = abs_path($ENV{REML_BUILD} // 'build');
-e "$build/completions/$_" or BAIL_OUT("$build/completions/$_ is not there") for qw(bash zsh fish);
isolate();

my $help = qx($build/remlparse --help);
my %argument = $help =~ /^  --([a-z-]+)(?: (\S+))?/mg;
my @options = sort keys %argument;
my @choices = grep { ($argument{$_} // '') =~ /\|/ } @options;
my @paths = grep { ($argument{$_} // '') =~ /^(?:PATH|DIR)$/ } @options;

sub shell_is_there {
    my ($shell) = @_;
    return system("command -v $shell >/dev/null 2>&1") == 0;
}

sub has_good_syntax {
    my ($shell) = @_;
  SKIP: {
        skip "$shell is not there", 1 unless shell_is_there($shell);
        my $said = qx($shell -n $build/completions/$shell 2>&1);
        is("$?: $said", '0: ', "$shell can read it");
    }
}

chosen 'Every option is in every one' => sub {
    cmp_ok(scalar @options, '>', 40, '--help lists the options');
    cmp_ok(scalar @choices, '>', 6, '... some with values');
    cmp_ok(scalar @paths, '>', 2, '... and some with files');
    my %text = map { $_ => load("$build/completions/$_") } qw(bash zsh fish);
    for my $option (@options) {
        like($text{bash}, qr/[' ]--\Q$option\E /, "bash has --$option");
        like($text{zsh}, qr/^  '--\Q$option\E=?\[\w*/m, 'so has zsh');
        like($text{fish}, qr/^complete -c remlparse -l \Q$option\E .*-d '[^']/m, '... and fish');
    }
    for my $option (@choices) {
        (my $values = $argument{$option}) =~ tr/|/ /;
        like($text{zsh}, qr/^  '--$option=\[.*\]:$option:\(\Q$values\E\)' /m,
            "zsh has the values of --$option");
        like($text{fish}, qr/ -l $option -x -a '\Q$values\E' /, '... and so has fish');
    }
    for my $option (@paths) {
        like($text{zsh}, qr/^  '--$option=.*:_files\b/m, "zsh has files for --$option");
        like($text{fish}, qr/ -l $option (?:-r -F|-x -a '\(__fish_complete_directories\)') /,
            '... and so has fish');
    }
    for my $shell (sort keys %text) {
        like($text{$shell}, qr/\balgebraic-effects streaming\b/, "$shell has the values of -Z");
    }
};

chosen 'Shells can read them' => sub {
    has_good_syntax($_) for qw(bash zsh fish);
};

# What bash completes when the cursor is behind the last word. bash itself makes words of what it
# finds at `=`, as it does here unless they are given one by one.
sub completed {
    my @words = ('remlparse', @_);
    my $script = <<'BASH';
source "$1" && shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_remlparse
printf '%s\n' "${COMPREPLY[@]}"
BASH
    save('complete.bash', $script);
    open my $pipe, '-|', 'bash', 'complete.bash', "$build/completions/bash", @words
        or die "bash: $!";
    chomp(my @found = <$pipe>);
    return [sort grep { length } @found];
}

sub completes {
    my ($words, $expected, $name) = @_;
    is_deeply(completed(@$words), [sort @$expected], $name);
}

if (!shell_is_there('bash')) {
    note('bash is not there');
    done_testing;
    exit;
}

save($_, '') for 'a.reml', 'b c.reml', 'other.txt';
mkdir 'folder';
save('folder/d.reml', '');

chosen 'bash: options' => sub {
    my @all = ((map { "--$_" } @options), '-Zalgebraic-effects', '-Zstreaming');
    completes(['-'], \@all, '- gives every option');
    completes(['--'], [grep { /^--/ } @all], '-- gives the long ones');
    completes(['--f'], ['--format'], '--f gives --format');
    completes(['--emit-a'], ['--emit-ast', '--emit-ast-json', '--emit-audit'],
        'a name that others begin with is one of several');
    completes(['-Z'], ['-Zalgebraic-effects', '-Zstreaming'], '-Z gives its values');
    completes(['-Z', ''], ['algebraic-effects', 'streaming'], '... also as a word of their own');
    completes(['a.reml', '--ver'], ['--verbose', '--version'], 'options may follow a file');
    completes(['--nothing'], [], 'what is no option gives nothing');
    completes(['--', '-'], [], '-- ends the options');
    completes(['--', 'a'], ['a.reml'], '... and files follow');
};

chosen 'bash: values' => sub {
    for my $option (@choices) {
        my @values = split /\|/, $argument{$option};
        completes(["--$option", ''], \@values, "--$option gives its values");
        completes(["--$option", '=', ''], \@values, '... also behind =');
        completes(["--$option", '='], \@values, '... and with the cursor at it');
        completes(["--$option="], [map { "--$option=$_" } @values],
            '... and when = does not break words');
    }
    completes(['--format', 's'], ['sarif'], 'a value is completed');
    completes(['--format', '=', 's'], ['sarif'], '... behind =');
    completes(['--format=s'], ['--format=sarif'], '... in the same word');
    completes(['--stream-chunk-size', ''], [], 'a number is not');
};

chosen 'bash: files' => sub {
    completes([''], ['a.reml', 'b c.reml', 'folder'], 'sources and folders');
    completes(['b'], ['b c.reml'], 'a name with a blank');
    completes(['folder/'], ['folder/d.reml'], 'sources in a folder');
    completes(['--emit-parse-debug', 'o'], ['other.txt'], 'any file is a PATH');
    completes(['--emit-parse-debug=o'], ['--emit-parse-debug=other.txt'], '... in the same word');
    completes(['--audit-dir', ''], ['folder'], 'a DIR is a folder');
    completes(['--trace', 'a'], ['a.reml'], 'an option without argument is followed by a file');
};

chosen 'bash: it is registered' => sub {
    my $said = qx(bash -c 'source "$build/completions/bash" && complete -p remlparse');
    is($said, "complete -F _remlparse remlparse\n", 'for the command');
};

done_testing;
