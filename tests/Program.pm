# Running a program and looking at what it did: what the tests of the commands share.
package Program;
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);
use Test::More;

our @EXPORT = qw(chosen exits finish isolate load run_program save start);

# Makes an empty folder the current one and drops what the environment tells the commands; returns
# the folder.
sub isolate {
    delete @ENV{qw(NO_COLOR TERM REMLC_WORKSPACE_ROOT REMLC_GIT_COMMIT GITHUB_SHA POSIXLY_CORRECT)};
    $ENV{REMLC_FIXED_TIMESTAMP} = '1970-01-01T00:00:00Z';
    my $work = tempdir(CLEANUP => 1);
    chdir $work or die "$work: $!";
    return $work;
}
END { chdir '/' }    # so that the folder can be removed

sub save {
    my ($name, @text) = @_;
    open my $file, '>:raw', $name or die "$name: $!";
    print $file $_ for @text;
    close $file or die "$name: $!";
    return $name;
}

# The bytes of a file, undef when it cannot be opened.
sub load {
    my ($name) = @_;
    open my $file, '<:raw', $name or return undef;
    local $/;
    return scalar <$file>;
}

# Starts a program. `in`, `out`, `err` name files to connect (`out` may be a handle); `env` holds
# variables; `closed` closes standard output; `memory` and `stack` limit the address space and the
# stack, in KiB.
sub start {
    my ($program, $arguments, %how) = @_;
    my $out = $how{out} // 'out.txt';
    my $child = fork // die "fork: $!";
    return $child if $child;
    open STDIN, '<', $how{in} // '/dev/null' or die $!;
    if (ref $out) { open STDOUT, '>&', $out or die $! }
    else { open STDOUT, '>', $out or die $! }
    open STDERR, '>', $how{err} // 'err.txt' or die $!;
    $ENV{$_} = $how{env}{$_} for keys %{ $how{env} // {} };
    close STDOUT if $how{closed};
    my @limits = ('ulimit -c 0');
    push @limits, "ulimit -v $how{memory}" if $how{memory};
    push @limits, "ulimit -s $how{stack}" if $how{stack};
    exec 'sh', '-c', join(' && ', @limits, 'exec "$@"'), 'sh', $program, @$arguments
        or die "exec: $!";
}

# Waits for it: exit code, or minus the signal, and what it wrote.
sub finish {
    my ($child, %how) = @_;
    my $out = $how{out} // 'out.txt';
    waitpid $child, 0;
    my $code = $? & 127 ? -($? & 127) : $? >> 8;
    my $shown = ref $out || $out =~ m{^/dev/} ? '' : load($out);
    return { code => $code, out => $shown, err => load('err.txt') // '' };
}

sub run_program {
    my ($program, $arguments, %how) = @_;
    return finish(start($program, $arguments, %how), %how);
}

sub exits {
    my ($answer, $code, $name) = @_;
    is($answer->{code}, $code, $name)
        or diag(substr(($answer->{out} // '') . $answer->{err}, 0, 2000));
}

# A subtest that the arguments of the test choose by a part of its name; without any, all are.
sub chosen {
    my ($name, $body) = @_;
    return if @ARGV && !grep { index($name, $_) >= 0 } @ARGV;
    subtest $name => $body;
}

1;
