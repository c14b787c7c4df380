#!/usr/bin/env perl
# Sources with several mistakes: with recovery each is told once, at its place (spec/README.md).
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
#
# Arguments choose cases by a part of their names.
use strict;
use warnings;
use utf8;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use JSON::PP;
use lib $FindBin::Bin, "$FindBin::Bin/spec";
use Cases;
use Program;

my $command = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $command && -x $command or BAIL_OUT('remlparse is not there');
my @cases = read_cases("$FindBin::Bin/spec/recovery.cases");
my @options = ('--profile', 'spec', '--recover', '--format', 'json', '--json-mode', 'compact');
isolate();

# The places of all diagnostics, whether they come as one report or as several.
sub places {
    my ($text) = @_;
    my ($json, @places) = (JSON::PP->new->utf8);
    $json->incr_parse($text);
    while (my $report = eval { $json->incr_parse }) {
        my @found = ref $report eq 'ARRAY' ? @$report
            : $report->{diagnostics} ? @{ $report->{diagnostics} } : $report;
        push @places, map { "$_->{location}{line}:$_->{location}{column}" } @found;
    }
    return @places;
}

sub told {
    my ($case, @more) = @_;
    save('case.reml', $case->{source});
    my $answer = run_program($command, [@options, @more, 'case.reml']);
    return ($answer->{code}, places($answer->{err}), $answer->{err} =~ /^\w+:.*/ ? $& : ());
}

for my $case (@cases) {
    next if @ARGV && !grep { index($case->{name}, $_) >= 0 } @ARGV;
    my @expected = map { place_of($case->{source}, $_->[0]) } @{ $case->{marks} };
    my ($code, @got) = told($case);
    is($code, 1, "$case->{name}: refused");
    is("@got", "@expected", "$case->{name}: one diagnostic for each mistake");
    my (undef, @streamed) = told($case, '-Zstreaming', '--stream-chunk-size', '1');
    is("@streamed", "@got", "$case->{name}: streaming gives the same");
}

done_testing();
