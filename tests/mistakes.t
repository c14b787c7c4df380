#!/usr/bin/env perl
# What people see when they make a typical mistake: the place and what to do (spec/README.md).
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
#
# Arguments choose cases by a part of their names.
use strict;
use warnings;
use utf8;
use Test::More;
use Cwd qw(abs_path);
use Encode qw(decode);
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/spec";
use Cases;
use Program;

my $command = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $command && -x $command or BAIL_OUT('remlparse is not there');
my $file = "$FindBin::Bin/spec/mistakes.cases";
my @cases = read_cases($file);
isolate();
binmode $_, ':encoding(UTF-8)'
    for Test::More->builder->output, Test::More->builder->failure_output;

# The diagnostic as it is read in a language, without the lines for programs.
sub told {
    my ($case, $language) = @_;
    save('case.reml', $case->{source});
    my $answer = run_program($command, ['--profile', 'spec', '--verbose', '0', 'case.reml'],
        env => { REML_LOCALE => $language });
    return ($answer->{code}, decode('UTF-8', $answer->{err}));
}

# Whether a place is shown: by its line and column, or by its source line.
sub shows {
    my ($text, $case, $offset) = @_;
    my $place = place_of($case->{source}, $offset);
    my ($line) = split /:/, $place;
    return $text =~ /\b$place\b|^ *$line \| /m;
}

for my $case (@cases) {
    @{ $case->{marks} } == 1 or die "$case->{name}: not one mark\n";
    chosen $case->{name} => sub {
        my ($code, $text) = told($case, 'en');
        is($code, 1, 'it is refused');
        my $place = place_of($case->{source}, $case->{marks}[0][0]);
        my ($first) = split /\n/, $text;
        like($first // '', qr/^case\.reml:$place: /, 'the first line tells the place');
        unlike($text, qr/[\p{Han}\p{Hiragana}\p{Katakana}]/, 'all of it is in English');
        my $body = $text =~ s/^ *\d+ \| .*\n//mgr;    # without the lines of the source
        for my $rule (@{ $case->{rules} }) {
            my ($word, $regex) = @$rule;
            if ($word eq 'like') {
                like($body, qr/$regex/is, "it tells $regex") or diag($text);
            } elsif ($word eq 'ja') {
                my (undef, $japanese) = told($case, 'ja');
                my ($head) = split /\n/, $japanese;
                like($head // '', qr/^case\.reml:$place: /, 'the same place in Japanese');
                like($japanese, qr/[\p{Hiragana}\p{Katakana}]/, 'it is in Japanese');
                like($japanese, qr/$regex/is, "it tells $regex") or diag($japanese);
            } else {
                die "$case->{name}: what is '$word'?\n";
            }
        }
        for my $other (@{ $case->{places} }) {
            ok(shows($text, $case, $other->[0]), 'the other place is shown') or diag($text);
        }
    };
}

done_testing();
