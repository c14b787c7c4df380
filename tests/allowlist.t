#!/usr/bin/env perl
# The allow-list of the gate (contract gates.md section 6): one test for each rule.
#
# Arguments choose subtests by a part of their names.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib $FindBin::Bin;
use Program;
use Gate;

isolate();

# The last days of entries that are added today.
my ($half_a_year, $two_weeks) = ('2027-05-20', '2026-12-05');
my @pending = (kind => 'pending', expires => $two_weeks);

# A line of an allow-list: the fields that are given instead of those of a good entry.
sub entry {
    my (%fields) = (
        case => 'errors_one', part => 'run', path => '$.diagnostics[0].message',
        kind => 'reference-bug', reason => 'driver.md §4.4', owner => 'someone', added => today(),
        expires => $half_a_year, @_
    );
    return join("\t", @fields{qw(case part path kind reason owner added expires)}) . "\n";
}

# A suite of so many cases with a syntax error.
sub suite {
    my ($count, $suite) = @_;
    my @names = map { "${suite}_" . spelled($_) } 1 .. $count;
    return join '', map { "# tests: ast\n${_}::inline::let x\n" } @names;
}

sub spelled {
    my ($number) = @_;
    return (qw(zero one two three))[$number] // "n$number";
}
my $other_word = 's/解釈/解読/g';

# Two cases, one difference.
my $list = suite(2, 'errors');
my %one = (component => { errors_one => $other_word });
my %two = (component => { errors_one => $other_word, errors_two => $other_word });

sub judged {
    my ($allow, %how) = @_;
    return gate($how{list} // $list, %one, allow => $allow, %how);
}

# The message that the gate gives about its allow-list.
sub refused {
    my ($answer, $message, $name) = @_;
    exits($answer, 1, $name);
    like($answer->{err}, qr/^compat: allow-list: \Q$message\E/m, '... with a reason');
    like($answer->{report}, qr/^# Gate: failed$/m, '... and the report says so');
}

chosen 'An entry excuses its difference' => sub {
    exits(judged(''), 1, 'without an entry the gate fails');
    my $answer = judged("# a comment\n\n" . entry());
    exits($answer, 0, 'with it the gate passes');
    is($answer->{summary}{counts}{allowlisted}, 1, '... and the summary counts the case');
    my $summary = json('run/errors_one/summary.json');
    ok($summary->{gating} && $summary->{allowlisted}, 'the case is gating, and allow-listed');
    ok(!$summary->{diag_match}, '... though the sides do not match');
    is($summary->{failure_type}, 'diagnostic-diff', '... and the type of the difference is named');
    is(json('run/errors_one/diagnostics.diff.json')->[0]{allowlisted}, JSON::PP::true,
        'diagnostics.diff.json says which differences are allowed');
    is($answer->{metrics}{'parser.parity.diagnostics'}{pass_fraction}, '1/1',
        'an allowed difference is no sample of parity');
};

chosen 'Every difference of a case must be excused, not only the first' => sub {
    my $answer = judged(entry(),
        component => { errors_one => "$other_word; s/いずれか/どれか/g" });
    exits($answer, 1, 'the gate fails');
    is(case_named($answer, 'errors_one')->{first}{path}, '$.diagnostics[0].expected.humanized',
        '... and names what is not excused');
};

chosen 'Syntax: lines that are no entries are refused with file and line' => sub {
    for my $row (
        ["errors_one\trun", 'allow.list:1: 2 fields, separated by tabs, instead of 8'],
        [entry() =~ s/\t/ /r, 'allow.list:1: 7 fields'],
        ["\n" . entry(reason => ''), 'allow.list:2: the field reason is empty'],
        [entry(owner => ' '), 'allow.list:1: the field owner is empty'],
        [entry(part => 'run '), 'allow.list:1: the field part is empty or has blanks around it'],
        [entry(added => '2026-13-01'), q(allow.list:1: '2026-13-01' is not a date YYYY-MM-DD)],
        [entry(expires => '20261205'), q(allow.list:1: '20261205' is not a date)],
        [entry(expires => 'never'), q(allow.list:1: 'never' is not a date)],
        ["\xff", 'allow.list: not UTF-8 at byte 0'],
      )
    {
        my ($text, $message) = @$row;
        my $answer = judged($text);
        exits($answer, 2, $message);
        like($answer->{err}, qr/^compat: \Q$message\E/, '... is said');
    }
    exits(judged(entry() =~ s/\n/\r\n/r), 0, 'line ends may be CR LF');
};

chosen 'Rule 1: kinds' => sub {
    refused(judged(entry(kind => 'later')), q(line 1: rule 1: the kind 'later' is not one of ),
        'an unknown kind');
    refused(judged(entry(reason => 'the reference is wrong')),
        'line 1: rule 1: a reference-bug must cite a contract section', 'no citation');
    for my $reason ('see driver.md §4.4', 'diagnostics-json.md section 10.1 is right') {
        exits(judged(entry(reason => $reason)), 0, $reason);
    }
    refused(judged(entry(kind => 'component-only')), 'line 1: rule 4: matches no difference',
        'component-only does not excuse outputs that differ');
    my $exception = 's/"run":.*,"ast_text"/"run":{"exception":"x"},"ast_text"/';
    my %raised = (component => {}, reference => { errors_one => $exception });
    exits(judged(entry(kind => 'component-only', path => '$'), %raised), 0,
        '... but that the reference has no output');
    refused(judged(entry(path => '$'), %raised), 'line 1: rule 4: matches no difference',
        '... which no other kind excuses');
};

chosen 'Rule 2: an entry is exact about part and path' => sub {
    for my $row (
        [{ case => '*' }, q(the case pattern '*' stands for everything)],
        [{ case => '*_*' }, q(the case pattern '*_*' stands for everything)],
        [{ case => 'errors*' }, '`*` must stand for one whole segment'],
        [{ case => 'errors.one' }, q('errors.one' is not a case pattern)],
        [{ part => '*' }, q(the part '*' is not one of run, diag_json, ast_text, stream, cli)],
        [{ part => 'run,diag_json' }, 'is not one of'],
        [{ path => '*' }, q('*' is not a path)],
        [{ path => '$.*' }, q(the path pattern '$.*' stands for everything)],
        [{ path => '$.*[*].*' }, 'stands for everything'],
        [{ path => '$.diagnostics[0].mess*' }, '`*` must stand for one whole step'],
        [{ path => '$..message' }, 'is not a path'],
        [{ path => '$.diagnostics[x]' }, 'is not a path'],
        [{ path => 'run.diagnostics[0].message' }, 'is not a path'],
      )
    {
        my ($fields, $message) = @$row;
        my $answer = judged(entry(%$fields));
        exits($answer, 1, join ' ', %$fields);
        like($answer->{err}, qr/^compat: allow-list: line 1: rule 2: .*\Q$message\E/m,
            "... $message");
    }
    exits(judged(entry(%$_)), 0, join ' ', %$_)
        for { case => 'errors_*' }, { case => '*_one' }, { path => '$.diagnostics[*].message' },
            { path => '$.diagnostics[0].*' }, { path => '$.*[0].message' };
    for my $fields (
        { part => 'diag_json' }, { path => '$.diagnostics' }, { path => '$.diagnostics[0]' },
        { path => '$.diagnostics[1].message' }, { path => '$.diagnostics[0].message[0]' },
        { path => '$.*.message' }, { path => '$' }, { case => 'errors' }, { case => 'errors_two' },
        { case => 'errors_one_more' }, { case => 'errors_one_*' },
      )
    {
        refused(judged(entry(%$fields)), 'line 1: rule 4: matches no difference',
            'not excused by ' . join ' ', %$fields);
    }
    my @paths = (
        '$[0].audit.metadata["parser.runconfig"].trace', '$[*].*["parser.runconfig"].trace',
        '$[0].extensions.runconfig.trace',
    );
    my $quoted = judged(join('', map { entry(part => 'diag_json', path => $_) } @paths),
        list => $list =~ s/# tests: ast\nerrors_one/# tests: diag\nerrors_one/r,
        component => { errors_one => 's/"trace":false/"trace":true/g' });
    exits($quoted, 0, 'a key with a point is quoted');
};

chosen 'Rule 3: expiry' => sub {
    exits(judged(entry(), today => $half_a_year), 0, 'an entry holds on its last day');
    my $answer = judged(entry(), today => '2027-05-21');
    refused($answer, 'line 1: rule 3: expired on 2027-05-20', 'one day later it is expired');
    is($answer->{summary}{counts}{failed}, 1, '... and excuses nothing');
    refused(gate($list, allow => entry(), today => '2027-05-21'),
        'line 1: rule 3: expired on 2027-05-20', 'expired though nothing differs');
    exits(judged(entry(@pending), list => suite(100, 'errors')), 0, 'pending for 14 days');
    refused(judged(entry(@pending, expires => '2026-12-06')),
        'line 1: rule 3: pending may last at most 14 days, not 15', '... not for 15');
    refused(judged(entry(kind => $_, expires => '2027-05-21')),
        "line 1: rule 3: $_ may last at most 180 days, not 181", "$_ not for 181 days")
        for 'reference-bug', 'component-only';
    refused(judged(entry(added => '2026-11-22')),
        'line 1: rule 3: added on 2026-11-22, which is after today, 2026-11-21', 'added tomorrow');
    refused(judged(entry(expires => '2026-11-20')),
        'line 1: rule 3: expires on 2026-11-20, before it was added', 'ends before it begins');
};

chosen 'Rule 4: an entry that matches no difference is stale' => sub {
    my $answer = gate($list, allow => entry());
    refused($answer, 'line 1: rule 4: matches no difference', 'there is no difference');
    is($answer->{summary}{counts}{failed}, 0, '... though no case fails');
    exits(judged(entry() . entry(case => 'errors_*')), 0, 'two entries may match one difference');
    refused(judged(entry() . entry(path => '$.consumed')), 'line 2: rule 4: ', 'one of two');
};

chosen 'Rule 5: what may never be allowed' => sub {
    for my $row (
        [{ part => 'tokens', path => '$[0]' }, 'differences in tokens'],
        [{ part => 'run', path => '$.accepted' }, 'differences in acceptance'],
        [{ part => 'cli', path => '$.exit' }, 'differences in acceptance'],
        [{ part => 'stream', path => '$.steps[3].result.accepted' }, 'differences in acceptance'],
        [{ part => 'stream', path => '$.steps[*].*.accepted' }, 'differences in acceptance'],
        [{ part => 'crash', path => '$' }, 'crashes'],
        [{ part => 'component-crash', path => '$' }, 'crashes'],
        [{ part => 'time-out', path => '$' }, 'time-outs'],
        [{ part => 'invalid-json', path => '$' }, 'invalid JSON'],
        [{ part => 'stream-batch', path => '$.ast' },
            'differences between stream and batch in the spec profile'],
        map { [{ part => "S$_", path => '$' }, "failures of gate S$_"] } 2 .. 8,
      )
    {
        my ($fields, $what) = @$row;
        refused(judged(entry(%$fields)), "line 1: rule 5: $what are never allowed",
            join ' ', %$fields);
    }
    my $everything = entry(case => 'a_*', kind => 'component-only', path => '$')
        . entry(case => 'a_*', path => '$') . entry(case => 'a_*', path => '$.diagnostics[*].*');
    for my $row (
        ['component', 'exit 3', 'crash of the component'],
        ['reference', 'exit 3', 'crash of the reference'],
        ['component', 'sleep 60', 'time-out'], ['component', '$_ = "x\n"', 'invalid JSON'],
        ['reference', '$_ = "x\n"', 'invalid JSON of the reference'],
        ['component', 's/"accepted":false/"accepted":true/g', 'acceptance'],
        ['component', 's/"accepted":false/"accepted":1/g', 'acceptance that is not even true'],
      )
    {
        my ($side, $change, $name) = @$row;
        my $answer = gate("# tests: ast\na_b::inline::let x\n", $side => { a_b => $change },
            allow => $everything, arguments => ['--timeout', '5']);
        ok(!case_named($answer, 'a_b')->{gating}, "no entry excuses: $name");
    }
};

chosen 'Rule 6: pending affects at most 1 % of the cases of a suite' => sub {
    my $all = entry(@pending, case => 'errors_*');
    my $hundred = suite(100, 'errors');
    exits(judged($all, list => $hundred), 0, 'one of a hundred');
    my $answer = judged($all, list => suite(99, 'errors'));
    refused($answer, 'rule 6: pending entries affect 1 of the 99 cases of the suite errors',
        'one of 99');
    is($answer->{summary}{counts}{failed}, 0, '... though no case fails');
    exits(judged($all, %two, list => suite(200, 'errors')), 0, 'two of 200');
    refused(judged($all, %two, list => $hundred . suite(100, 'more')),
        'rule 6: pending entries affect 2 of the 100 cases of the suite errors',
        'other suites do not make it less');
    exits(judged(entry(case => 'errors_*'), %two), 0, 'other kinds are not limited');
};

chosen 'Rule 7: the entries that exist from the start' => sub {
    my $text = load("$gate_folder/allowlist.txt");
    my @entries = grep { !/^#/ } split /\n/, $text;
    is(@entries, 4, 'four entries');
    is((split /\t/)[3], 'component-only', (split /\t/)[0] . ' is component-only') for @entries;
    my $answer = gate_command('run', "$gate_folder/cases.txt", '--out', 'all', '--build', $build,
        '--today', today());
    exits($answer, 0, 'the gate passes with them');
    my @states = map { $_->{state} } @{ json('all/summary.json')->{entries} };
    is_deeply(\@states, [('used') x 4], '... and uses all');
    keep('none.list', '');
    $answer = gate_command('run', "$gate_folder/cases.txt", '--out', 'none', '--build', $build,
        '--allow-list', 'none.list');
    exits($answer, 1, 'without them it fails');
    is(json('none/summary.json')->{failure_types}{'reference-exception'}, 4, '... in their cases');
};

chosen 'Rule 8: the report shows entries used, stale, expired, added since the last run' => sub {
    my $old = entry();
    my $first = judged($old, out => 'reports');
    like($first->{report}, qr/^- added since the last run: not known/m,
        'the first run has no last one');
    my $answer = judged($old . entry(case => 'errors_two') . entry(case => 'errors_three',
            added => '2026-11-01', expires => '2026-11-02'), out => 'reports');
    my ($section) = $answer->{report} =~ /^## Allow-list\n\n(.*?)^## /ms;
    my $path = 'run, $.diagnostics[0].message (reference-bug)';
    is($section, <<"END", 'the section of the report');
- used: 1
  - line 1: errors_one, $path: errors_one
- stale: 1
  - line 2: errors_two, $path
- expired: 1
  - line 3: errors_three, $path
- added since the last run: 2
  - line 2: errors_two, $path
  - line 3: errors_three, $path

END
};

# The gate's answer to a list that is judged in two shards, which pass.
sub merged {
    my (@how) = @_;
    for my $shard (1, 2) {
        my $answer = judged(@how, out => "part$shard", arguments => ['--shard', "$shard/2"]);
        exits($answer, 0, "shard $shard passes");
        like($answer->{report}, qr/^- stale: 0$/m, '... as it cannot say that an entry is stale');
    }
    return gate_command('merge', 'merged', 'part1', 'part2');
}

chosen 'Rules about all cases are judged when shards are merged' => sub {
    my $allow = entry() . entry(case => 'errors_two');
    exits(merged($allow, %two), 0, 'each shard used one of the entries');
    my $stale = merged($allow);
    exits($stale, 1, 'no shard used the second entry');
    like($stale->{err}, qr/^compat: allow-list: line 2: rule 4: /m, '... and it is stale');
    my $much = merged(entry(@pending, case => 'errors_*'), %two, list => suite(100, 'errors'));
    exits($much, 1, 'pending affects too much of the whole');
    like($much->{err}, qr/rule 6: pending entries affect 2 of the 100 cases/, '... with a reason');
};

done_testing();
