#!/usr/bin/env perl
# Every recorded answer of the reference is reproduced byte for byte, and the harness that says so
# is not easily pleased. The harness is $REML_BUILD/reml-compat, by default build/reml-compat.
#
# Arguments choose subtests by a part of their names.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use FindBin;
use lib $FindBin::Bin;
use Program;

my $harness = abs_path(($ENV{REML_BUILD} // 'build') . '/reml-compat');
my $golden = abs_path("$FindBin::Bin/../compat/golden");
defined $harness && -x $harness or BAIL_OUT('reml-compat is not there');
my $work = isolate();
delete $ENV{REMLC_FIXED_TIMESTAMP};    # the harness sees to that itself

# Paths are absolute, as those that the harness is given are shown in what it prints.
sub keep { my ($name, $text) = @_; return save("$work/$name", $text) }
sub run { return run_program($harness, [@_]) }

chosen 'Every recorded answer is reproduced' => sub {
    my @thin = length($ENV{REML_SANITIZE} // '') ? ('--sample', 10) : ();
    for my $row (
        ['cases', 485], ['configs.jsonl', 444], ['exceptions.jsonl', 45],
        ['stream.jsonl', 618], ['fuzz.jsonl.gz', @thin ? 1200 : 12000, @thin]
      )
    {
        my ($name, $count, @options) = @$row;
        my $answer = run('diff', @options, "$golden/$name");
        exits($answer, 0, "$name: there is no difference");
        is($answer->{out}, "$count passed, 0 failed\n", "... in $count cases");
    }
};

# A golden case in a folder of its own, with its answer changed by $change.
sub changed_case {
    my ($area, $name, $change) = @_;
    my $folder = tempdir(DIR => $work);
    copy("$golden/cases/$area/$name.reml", "$folder/$name.reml") or die $!;
    my $answer = load("$golden/cases/$area/$name.json");
    my $before = $answer;
    $change->($answer) for $answer;
    my $path = keep('changed.json', $answer);
    rename $path, "$folder/$name.json" or die $!;
    isnt($answer, $before, "the answer of $area/$name is changed") if defined wantarray;
    return $folder;
}

chosen 'A changed answer is found and its JSON path is named' => sub {
    my ($area, $name) = ('decl', 'let_forms');
    -e "$golden/cases/$area/$name.reml" or BAIL_OUT("no case $area/$name");
    exits(run('diff', changed_case($area, $name, sub { s/$/\n/ })), 0,
        'line breaks between values are layout');
    for my $row (
        [qr/"accepted":true/, '"accepted":false', 'run.accepted: recorded false, computed true'],
        [qr/"vis":"Private"/, '"vis":"Public"',
            'run.ast.decls[0].vis: recorded "Public", computed "Private"'],
        [qr/\["EOF",null,\[(\d+),/, '["EOF",null,[99,', '][2][0]: recorded 99, computed '],
        [qr/"ast_text":"/, '"ast_text":"!', 'ast_text: recorded "!'],
        [qr/,\n?"packrat_stats":null/, '', 'run.packrat_stats: recorded nothing, computed null'],
        # of objects with other keys, or with blanks, the object is the difference
        [qr/"consumed":true/, '"consumed":true,"more":1', ': run: recorded {'],
        [qr/"span_trace":null,?\n?/, '', ': run: recorded {'],
        [qr/"recovered":false/, '"recovered": false', ': run: recorded {'],
      )
    {
        my ($from, $to, $report) = @$row;
        my $folder = changed_case($area, $name, sub { s/$from/$to/ });
        my $answer = run('diff', $folder);
        exits($answer, 1, "the harness fails when $from is changed to '$to'");
        like($answer->{out}, qr/\Q$report\E/, '... names path and values');
        like($answer->{out}, qr/^0 passed, 1 failed$/m, '... and counts the case');
    }
};

chosen 'Every single changed byte of an answer is found' => sub {
    my ($path) = glob("$golden/cases/stmt/*.json");
    my ($name) = $path =~ m{/([^/]+)\.json$};
    my $length = -s $path;
    my ($tried, $missed) = (0, 0);
    for (my $at = 0; $at < $length; $at += int($length / 40) + 1) {
        my $old = substr(load($path), $at, 1);
        next if $old eq "\n";
        my $folder = changed_case('stmt', $name,
            sub { substr($_, $at, 1) = $old eq 'x' ? 'y' : 'x' });
        my $answer = run('diff', $folder);
        $tried++;
        $missed++, diag("byte $at ($old): $answer->{out}$answer->{err}")
            if $answer->{code} != 1 && $answer->{code} != 2;
    }
    cmp_ok($tried, '>', 20, 'bytes all over the answer were changed');
    is($missed, 0, '... and none of the changes went unnoticed');
};

my ($line) = split /\n/, load("$golden/configs.jsonl");

chosen 'A changed line is found' => sub {
    exits(run('diff', keep('same.jsonl', "$line\n")), 0, 'an unchanged line passes');
    (my $changed = $line) =~ s/"accepted":false/"accepted":true/;
    my $answer = run('diff', keep('changed.jsonl', "$line\n$changed\n"));
    exits($answer, 1, 'a changed line makes the harness fail');
    like($answer->{out}, qr/: run\.accepted: recorded true, computed false$/m,
        '... with path and values');
    like($answer->{out}, qr/^1 passed, 1 failed$/m, '... and the other line passes');
};

chosen 'What cannot be read exits with 2' => sub {
    my ($id) = $line =~ /"id":"([^"]+)"/;
    for my $row (
        ['a missing path', "$work/nowhere"],
        ['a file that is not golden', keep('notes.txt', "x\n")],
        ['an empty folder', tempdir(DIR => $work)],
        ['a source without its answer', keep('lonely.reml', "let x = 1\n")],
        ['a line that is no JSON', keep('broken.jsonl', "{\"id\":1,\n")],
        ['a line without a source', keep('sourceless.jsonl', qq({"id":1,"run":{}}\n))],
        ['a line without an answer', keep('answerless.jsonl', qq({"id":1,"source":"a"}\n))],
        ['a line with an unknown part',
            keep('unknown.jsonl', qq({"id":1,"source":"a","nonsense":[]}\n))],
        ['a line with two sources',
            keep('two.jsonl', qq({"source":"a","source_b64":"YQ==","run":{}}\n))],
        ['a line with bad base64', keep('base64.jsonl', qq({"source_b64":"!","run":{}}\n))],
        ['a configuration that does not exist',
            keep('config.jsonl', qq({"source":"a","config":{"speed":1},"run":{}}\n))],
        ['an empty file', keep('empty.jsonl', '')],
      )
    {
        my ($name, $path) = @$row;
        my $answer = run('diff', $path);
        exits($answer, 2, $name);
        like($answer->{err}, qr/^reml-compat: /, '... with a message');
    }
    my $mixed = run('diff', keep('mixed.jsonl', "$line\nnonsense\n$line\n"));
    exits($mixed, 2, 'a bad line between good ones');
    like($mixed->{out}, qr/^2 passed, 0 failed$/m, '... does not stop the others');
};

chosen 'A damaged gzip file exits with 2' => sub {
    my $whole = load("$golden/fuzz.jsonl.gz");
    for my $size (10, 100, 50_000) {
        my $answer = run('diff', keep("cut$size.jsonl.gz", substr $whole, 0, $size));
        exits($answer, 2, "cut after $size bytes");
        like($answer->{err}, qr/^reml-compat: .*cut$size\.jsonl\.gz: /m, '... with its name');
    }
    (my $damaged = substr $whole, 0, 200_000) =~ s/^(.{5000})(.{16})/$1 . ~$2/se;
    exits(run('diff', keep('damaged.jsonl.gz', $damaged)), 2, 'damaged in the middle');
};

chosen 'Wrong usage exits with 2' => sub {
    for my $arguments ([], ['nonsense'], ['diff'], ['diff', '--sample'], ['diff', '--sample', '0'],
        ['diff', '--sample', 'x', $golden], ['diff', '--verbose', $golden], ['answer', 'file'])
    {
        my $answer = run(@$arguments);
        exits($answer, 2, "reml-compat @$arguments");
        like($answer->{err}, qr/^usage: /m, '... shows the usage');
    }
    exits(run('--help'), 0, '--help exits with 0');
};

# The output of `answer` for these lines, and its exit code.
sub answer {
    my ($lines) = @_;
    my $path = keep('cases', $lines);
    my $out = qx('$harness' answer < '$path');
    return ($out, $? >> 8);
}

chosen 'answer: each case has one line, mistakes too' => sub {
    my ($out, $code) = answer(qq({"id":[1, "x"],"source":"let x = 1","want":["ast_text"]}\n\n));
    is($out, qq({"id":[1,"x"],"ast_text":"let x = int(1:base10)"}\n), 'the identifier is echoed');
    is($code, 0, '... with exit code 0');
    for my $row (
        ['no JSON', 'nonsense'],
        ['a source that is no text', '{"id":3,"source":1}'],
        ['no source', '{"id":3}'],
        ['an unknown part', '{"id":3,"source":"","want":["x"]}'],
        ['want is no list', '{"id":3,"source":"","want":"run"}'],
        ['a missing source_file', '{"id":3,"source_file":"/nowhere/x"}'],
        ['a switch that is no Bool', '{"id":3,"source":"","config":{"packrat":1}}'],
      )
    {
        my ($name, $case) = @$row;
        ($out, $code) = answer(qq($case\n{"id":4,"source":"","want":["ast_text"]}\n));
        like($out, qr/\A\{"id":(?:3|null),"error":"[^"]+"\}\n\{"id":4,"ast_text":""\}\n\z/, $name);
        is($code, 1, '... and the exit code is 1');
    }
};

done_testing();
