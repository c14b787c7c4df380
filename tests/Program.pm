# Running a program and looking at what it did: what the tests of the commands share.
package Program;
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);
use Test::More;

our @EXPORT = qw(attach chosen exits finish give hang_up isolate load more next_line rest
    run_program same save start within);

# Makes an empty folder the current one and drops what the environment tells the commands; returns
# the folder.
sub isolate {
    delete @ENV{qw(NO_COLOR TERM REMLC_WORKSPACE_ROOT REMLC_GIT_COMMIT GITHUB_SHA POSIXLY_CORRECT
            REML_LOCALE LC_ALL LC_MESSAGES LANG)};
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

# The profile of the command, unless its arguments name one: most tests are about what the reference
# prints.
our $profile = 'reference';

# The words of a command line, maybe that of a program that runs the command.
sub with_profile {
    my @words = @_;
    my ($at) = grep { $words[$_] =~ m{(?:^|/)remlparse\z} } 0 .. $#words;
    return @words if !defined $at || grep { /^--profile\b/ } @words;
    splice @words, $at + 1, 0, '--profile', $profile;
    return @words;
}

my %running;    # the programs that were started and not waited for

# Starts a program. `in`, `out`, `err` name files to connect (`in` and `out` may be handles); `env`
# holds variables; `closed` closes standard output; `memory` and `stack` limit the address space and
# the stack, in KiB.
sub start {
    my ($program, $arguments, %how) = @_;
    my @words = with_profile($program, @$arguments);
    my $in = $how{in} // '/dev/null';
    my $out = $how{out} // 'out.txt';
    my $child = fork // die "fork: $!";
    if ($child) {
        $running{$child} = 1;
        return $child;
    }
    if (ref $in) { open STDIN, '<&', $in or die $! }
    else { open STDIN, '<', $in or die $! }
    if (ref $out) { open STDOUT, '>&', $out or die $! }
    else { open STDOUT, '>', $out or die $! }
    open STDERR, '>', $how{err} // 'err.txt' or die $!;
    $ENV{$_} = $how{env}{$_} for keys %{ $how{env} // {} };
    $SIG{$_} = 'DEFAULT' for qw(INT QUIT);    # which a shell ignores in what it runs behind it
    close STDOUT if $how{closed};
    my @limits = ('ulimit -c 0');
    push @limits, "ulimit -v $how{memory}" if $how{memory};
    push @limits, "ulimit -s $how{stack}" if $how{stack};
    exec 'sh', '-c', join(' && ', @limits, 'exec "$@"'), 'sh', @words
        or die "exec: $!";
}

# Waits for it: exit code, or minus the signal, and what it wrote.
sub finish {
    my ($child, %how) = @_;
    my $out = $how{out} // 'out.txt';
    waitpid $child, 0;
    delete $running{$child};
    my $code = $? & 127 ? -($? & 127) : $? >> 8;
    my $shown = ref $out || $out =~ m{^/dev/} ? '' : load($out);
    return { code => $code, out => $shown, err => load('err.txt') // '' };
}

sub run_program {
    my ($program, $arguments, %how) = @_;
    return finish(start($program, $arguments, %how), %how);
}

# Ends the programs that are still running.
sub stop_running {
    for my $child (keys %running) {
        kill 'KILL', $child;
        waitpid $child, 0;
    }
    %running = ();
}

# Starts a program with a pipe from its standard output, and, unless `in` is given, one to its
# standard input, or to the FIFO that `fifo` names, which the program opens.
sub attach {
    my ($program, $arguments, %how) = @_;
    my $to;
    if (!$how{in} && !$how{fifo}) { pipe $how{in}, $to or die "pipe: $!" }
    pipe my $from, my $out or die "pipe: $!";
    my $child = start($program, $arguments, %how, out => $out);
    if ($how{fifo}) { open $to, '>', $how{fifo} or die "$how{fifo}: $!" }
    return { child => $child, to => $to, from => $from, unread => '' };
}

# False when the program does not read any more.
sub give {
    my ($talk, $bytes) = @_;
    while (length $bytes) {
        my $count = syswrite $talk->{to}, $bytes;
        return 0 if !$count;
        substr($bytes, 0, $count) = '';
    }
    return 1;
}

# Reads more of what it prints, into `unread`; false at the end.
sub more {
    my ($talk) = @_;
    return sysread $talk->{from}, $talk->{unread}, 1 << 16, length $talk->{unread};
}

# The next line that the program prints, as soon as it is there; undef at the end.
sub next_line {
    my ($talk) = @_;
    my $end;
    while (($end = index $talk->{unread}, "\n") < 0) { return undef if !more($talk) }
    return substr $talk->{unread}, 0, $end + 1, '';
}

# All that it prints until it closes its output.
sub rest {
    my ($talk) = @_;
    1 while more($talk);
    my $rest = $talk->{unread};
    $talk->{unread} = '';
    return $rest;
}

# Ends its input, and waits for its end.
sub hang_up {
    my ($talk) = @_;
    close $talk->{to} if $talk->{to};
    my $rest = rest($talk);
    return { %{ finish($talk->{child}, out => $talk->{from}) }, out => $rest };
}

# Does something that must come to its end, though maybe slowly.
sub within {
    my ($seconds, $body) = @_;
    my $ended = eval {
        local $SIG{ALRM} = sub { die "not at its end after $seconds seconds\n" };
        alarm $seconds;
        $body->();
        1;
    };
    my $reason = $@;
    alarm 0;
    return if $ended;
    stop_running();
    fail("it ends: $reason");
}

# Texts that are too long to be shown as a whole.
sub same {
    my ($got, $expected, $name) = @_;
    return 1 if ok($got eq $expected, $name);
    my ($alike) = ($got ^ $expected) =~ /\A(\0*)/;
    my $from = length $alike < 80 ? 0 : length($alike) - 80;
    diag("at byte ${\length $alike}");
    diag('got:      ' . substr $got, $from, 300);
    diag('expected: ' . substr $expected, $from, 300);
    return 0;
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
