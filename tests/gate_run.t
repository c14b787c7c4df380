#!/usr/bin/env perl
# The gate's dual write (contract gates.md sections 2, 3 and 4): what it compares, what it calls a
# difference, what it writes, and how shards are put together.
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

my $cases = "$gate_folder/cases.txt";
my @whole = ($cases, '--build', $build, '--today', today());

my %minimum = (
    lexer => 8, grammar => 12, ast => 8, diagnostics => 10, recover => 5, config => 8,
    streaming => 10, cli => 3,
);
my @case_files = (
    'input.reml', 'command.json', 'schema-validate.log', 'parser-metrics.json',
    'streaming-metrics.json', 'summary.json', 'diagnostics.diff.json', 'expected_tokens.diff.json',
    map { my $what = $_; map { "$what.$_.json" } qw(reference component) }
        qw(tokens ast diagnostics expected_tokens stream),
);

# The names of members in the order in which they are written, of the outermost object or of those
# in a list.
sub members {
    my ($text, $indent) = @_;
    return join ' ', $text =~ /^ {$indent}"([^"]+)":/mg;
}

chosen 'The cases of the gate pass' => sub {
    my $answer = gate_command('run', @whole, '--out', 'all', '--require-success');
    exits($answer, 0, 'the gate passes, every metric with samples');
    my $summary = json('all/summary.json');
    is($summary->{counts}{failed}, 0, 'no case fails');
    is($summary->{counts}{allowlisted}, 4, 'four cases have differences that are allowed');
    cmp_ok($summary->{groups}{$_}{cases}, '>=', $minimum{$_}, "group $_ has $minimum{$_} cases")
        for sort keys %minimum;
    my %recorded = (
        tokens => 40, run => 60, ast_text => 40, diag_json => 15, stream => 14, cli => 6,
    );
    cmp_ok($summary->{compared}{$_}, '>=', $recorded{$_}, "$_ was compared in $recorded{$_} cases")
        for sort keys %recorded;
};

chosen 'Artefacts have the names and members of the contract' => sub {
    gate_command('run', @whole, '--out', 'all');
    my @folders = grep { -d } glob('all/*');
    is(@folders, json('all/summary.json')->{counts}{cases}, 'each case has a folder');
    for my $folder (@folders) {
        my @files = map { s{.*/}{}r } glob("$folder/*");
        is_deeply([sort @files], [sort @case_files], "$folder has all files and no others")
            or last;
    }
    is_deeply([map { s{.*/}{}r } grep { -f } glob('all/*')],
        [qw(metrics.json report.md summary.json)], 'a run has three files');
    is(members(load('all/cli_text/summary.json'), 1),
        'case gating schema_ok metrics_ok tokens_match ast_match diag_match expected_tokens_match '
            . 'stream_match diag_counts failure_type allowlisted', 'summary.json of a case');
    my $text = load('all/metrics.json');
    my @sections = split /^ \},/m, $text;
    is(members($_, 2), 'section platform profile generated_at metrics summary',
        'a section of metrics.json') for @sections;
    my ($metric) = $text =~ /^   \{\n(.*?)^   \}/ms;
    is(members($metric, 4),
        'metric total passed failed pass_rate pass_fraction threshold status sources failures',
        'a metric');
    is(join(' ', map { $_->{section} } @{ json('all/metrics.json') }), 'parser streaming diag',
        'the sections');
    is(load('all/lexer_bytes_in_string/input.reml'),
        load("$gate_folder/../golden/cases/lexer/invalid_bytes_in_string.reml"),
        'input.reml has the bytes of the source');
};

sub tree {
    my ($folder) = @_;
    my %files;
    for my $path (glob("$folder/* $folder/*/*")) {
        next if -d $path;
        (my $text = load($path)) =~ s/("generated_at": )"[^"]*"/$1"*"/g;
        $files{ $path =~ s{^[^/]*/}{}r } = $text;
    }
    return \%files;
}

chosen 'Shards put together are the whole run' => sub {
    gate_command('run', @whole, '--out', 'whole');
    for my $index (1 .. 3) {
        exits(gate_command('run', @whole, '--out', "part$index", '--shard', "$index/3"), 0,
            "shard $index passes, though it does not use every entry of the allow-list");
    }
    my @names = map { $_->{case} } @{ json('whole/summary.json')->{cases} };
    is_deeply([map { $_->{case} } @{ json('part2/summary.json')->{cases} }],
        [@names[grep { $_ % 3 == 1 } 0 .. $#names]], 'a shard has every third case');
    exits(gate_command('merge', 'merged', 'part3', 'part1', 'part2', '--require-success'), 0,
        'the shards can be merged in any order');
    is_deeply(tree('merged'), tree('whole'), 'all files are the same but for the time');
    for my $row (
        [['merged2', 'part1', 'part2'], 'these are the shards 1, 2 of 3', 'a shard is missing'],
        [['merged2', 'part1', 'part1', 'part2'], 'these are the shards 1, 1, 2', 'one is twice'],
        [['part1', 'part1', 'part2', 'part3'], 'part1: is one of the shards', 'into a shard'],
        [['merged2', 'part1', 'part2', 'nowhere'], 'nowhere/summary.json: No such file', 'no run'],
      )
    {
        my ($arguments, $message, $name) = @$row;
        my $answer = gate_command('merge', @$arguments);
        exits($answer, 2, $name);
        like($answer->{err}, qr/^compat: \Q$message\E/, '... with a message');
    }
    keep('other.list', "a::inline::let x = 1\n");
    gate_command('run', 'other.list', '--out', 'other', '--build', $build, '--shard', '2/3');
    like(gate_command('merge', 'merged2', 'part1', 'other', 'part3')->{err},
        qr/are not shards of the same run/, 'shards of different runs are refused');
    keep('part2/summary.json', '{"cases": 1}');
    exits(gate_command('merge', 'merged2', 'part1', 'part2', 'part3'), 2, 'a damaged summary');
    exits(gate_command('run', @whole, '--out', 'x', '--shard', '1/2', '--require-success'), 2,
        '--require-success is not for a shard');
};

# Name of a case, its list, change of the component's answer, failure type, match, part, path.
my @failures = (
    ['token', "# tests: tokens\nID::inline::let x = 1\n", 's/\["let",/["var",/', 'token-diff',
        'tokens_match', 'tokens', '$[0][0]'],
    ['token-place', "# tests: tokens\nID::inline::let x = 1\n", 's/\[1,5,4\]/[1,5,5]/',
        'token-diff', 'tokens_match', 'tokens', '$[1][2][2]'],
    ['tree', "# tests: ast\nID::inline::let x = 1\n", 's/Private/Public/g', 'ast-diff',
        'ast_match', 'run', '$.ast.decls[0].vis'],
    ['tree-span', "# tests: ast\nID::inline::let x = 1\n", 's/"span":\[0,9\]/"span":[0,8]/g',
        'ast-diff', 'ast_match', 'run', '$.ast.decls[0].span[1]'],
    ['acceptance', "# tests: ast\nID::inline::let x = 1\n",
        's/"accepted":true/"accepted":false/g', 'ast-diff', 'ast_match', 'run', '$.accepted'],
    ['acceptance-only', "# tests: diag\nID::inline::let x = 1\n",
        's/"accepted":true/"accepted":false/g', 'ast-diff', 'ast_match', 'run', '$.accepted'],
    ['text', "# tests: ast\nID::inline::let x = 1\n", 's/"ast_text":"let/"ast_text":"var/',
        'ast-diff', 'ast_match', 'ast_text', '$'],
    ['message', "# tests: diag\nID::inline::let x\n", 's/解釈/解読/g', 'diagnostic-diff',
        'diag_match', 'run', '$.diagnostics[0].message'],
    ['place', "# tests: ast\nID::inline::let x = )\n", 's/"start":\[1,9,8\]/"start":[1,8,7]/',
        'diagnostic-diff', 'diag_match', 'run', '$.diagnostics[0].span.start[1]'],
    ['humanized', "# tests: diag\nID::inline::let x\n", 's/いずれか/どれか/g',
        'diagnostic-diff', 'diag_match', 'run', '$.diagnostics[0].expected.humanized'],
    ['extension', "# tests: diag\nID::inline::let x\n", 's/"trace":false/"trace":true/g',
        'diagnostic-diff', 'diag_match', 'diag_json',
        '$[0].audit.metadata["parser.runconfig"].trace'],
    ['expected', "# tests: diag\nID::inline::let x\n", 's/\["token",":"\]/["token","::"]/g',
        'expected-diff', 'expected_tokens_match', 'run',
        '$.diagnostics[0].expected.alternatives[2][1]'],
    ['recover', "# tests: diag\nID::inline::let x\n", 's/"label":":"/"label":"::"/g',
        'expected-diff', 'expected_tokens_match', 'diag_json',
        '$[0].extensions.recover.expected_tokens[2].label'],
    ['stream', "# tests: stream\nID::inline::let x = 1\n",
        's/"chunks_consumed":1/"chunks_consumed":2/', 'stream-diff', 'stream_match', 'stream',
        '$.steps[0].meta.chunks_consumed'],
    ['audit', "# tests: diag\nID::inline::let x\n", 's/"cli\.audit_id":"[^"]*",//g', 'audit-gap',
        'diag_match', 'diag_json', '$[0].audit.metadata["cli.audit_id"]'],
    ['command-out', "# tests: cli\n# flags: --emit-ast\nID::inline::let x = 1\n", undef,
        'ast-diff', 'ast_match', 'cli', '$.stdout'],
    ['command-err', "# tests: cli\nID::inline::let x\n", undef, 'diagnostic-diff', 'diag_match',
        'cli', '$.stderr'],
);

chosen 'Each type of difference is found and its path is named' => sub {
    my $list = join '', map { my ($id, $text) = @$_; $text =~ s/ID/$id/r } @failures;
    my %changes = map { $_->[0] => $_->[2] } grep { defined $_->[2] } @failures;
    my $answer = gate($list, component => \%changes,
        remlparse => 'case "$*" in *--emit-ast*) echo x;; *) echo y >&2; exit 1;; esac');
    exits($answer, 1, 'the gate fails');
    for my $row (@failures) {
        my ($id, undef, undef, $type, $match, $part, $path) = @$row;
        my $record = case_named($answer, $id);
        is($record->{failure_type}, $type, "$id: $type");
        is($record->{first}{part}, $part, '... in its part');
        is($record->{first}{path}, $path, '... with its path');
        my $summary = json("run/$id/summary.json");
        ok(!$summary->{gating} && !$summary->{$match} && !$summary->{allowlisted},
            "... and $match is false");
        like($answer->{report}, qr/^\| $id \| $type \| $part \| /m, '... and the report says so');
    }
    my $message = json('run/message/diagnostics.diff.json');
    is($message->[0]{path}, '$.diagnostics[0].message', 'diagnostics.diff.json has the places');
    is(scalar(grep { $_->{part} eq 'diag_json' } @$message), 1, '... of all parts');
    my $expected = json('run/expected/expected_tokens.diff.json');
    is($expected->[0]{reference}, ':', 'expected_tokens.diff.json has what the reference says');
    is($expected->[0]{component}, '::', '... and the component');
};

chosen 'A component that gives no answer is a crash, and the other cases go on' => sub {
    my %crashes = (
        ends => ['exit 3', 'ended with exit code 3'],
        killed => ['kill 9, $$', 'was ended by SIGKILL'],
        complains => ['print STDERR "out of luck\n"; exit 1', 'exit code 1 (out of luck)'],
        hangs => ['sleep 60', 'no answer within 5 seconds'],
        mute => ['close STDOUT; sleep 1; exit 0', 'ended with exit code 0'],
        'no-json' => ['$_ = "nonsense\n"', 'the answer is not JSON: '],
        'no-object' => ['$_ = "[1]\n"', 'the answer is to another case'],
        empty => ['$_ = "\n"', 'the answer is not JSON: '],
        'two-lines' => ['$_ .= $_', 'the answer is not JSON: '],
        other => ['s/"id":"other"/"id":"x"/', 'the answer is to another case'],
        error => ['$_ = qq({"id":"error","error":"no"}\n)', 'the answer is an error: no'],
        partial => ['s/"tokens"/"token"/', 'the answer lacks the part tokens'],
        raised => ['s/"tokens":\[.*?,"run":/"tokens":{"exception":"boom"},"run":/',
            'the component raised boom'],
        deep => ['s/"tokens":\[.*?,"run":/q("tokens":) . "[" x 9999 . "]" x 9999 . q(,"run":)/e',
            'the answer is not JSON: '],
    );
    my @ids = sort keys %crashes;
    my $answer = gate(join('', map { "$_\::inline::let x = 1\n$_-next::inline::let x = 1\n" } @ids),
        component => { map { $_ => $crashes{$_}[0] } @ids }, arguments => ['--timeout', '5']);
    exits($answer, 1, 'the gate fails');
    for my $id (@ids) {
        my $record = case_named($answer, $id);
        is($record->{failure_type}, 'component-crash', "$id is a crash");
        like($record->{first}{reason}, qr/\Q$crashes{$id}[1]\E/, '... with a reason');
        ok(case_named($answer, "$id-next")->{gating}, '... and the next case passes');
    }
    is($answer->{summary}{failure_types}{'component-crash'}, @ids, 'the summary counts them');
    is($answer->{metrics}{'parser.parity.tokens'}{failed}, @ids, 'parity fails in each');
};

chosen 'A command that crashes or hangs is a crash' => sub {
    my $list = "# tests: cli\na::inline::let x = 1\n";
    for my $row (['kill -11 $$', 'remlparse: was ended by SIGSEGV'],
        ['sleep 60', 'remlparse: no end within 5 seconds'])
    {
        my $answer = gate($list, remlparse => $row->[0], arguments => ['--timeout', '5']);
        is(case_named($answer, 'a')->{failure_type}, 'component-crash', $row->[0]);
        like(case_named($answer, 'a')->{first}{reason}, qr/^\Q$row->[1]\E/, '... with a reason');
    }
};

chosen 'A reference that gives no answer is an exception' => sub {
    my %failures = (
        raised => ['s/"tokens":\[.*?,"run":/"tokens":{"exception":"boom"},"run":/',
            'no output of the reference: boom'],
        ends => ['exit 3', 'ended with exit code 3'],
        'no-json' => ['$_ = "nonsense\n"', 'the answer is not JSON'],
    );
    my $answer = gate(join('', map { "$_\::inline::let x = 1\n" } sort keys %failures),
        reference => { map { $_ => $failures{$_}[0] } keys %failures });
    for my $id (sort keys %failures) {
        my $record = case_named($answer, $id);
        is($record->{failure_type}, 'reference-exception', "$id is an exception");
        like($record->{first}{reason}, qr/\Q$failures{$id}[1]\E/, '... with a reason');
        ok(!$record->{gating}, '... and the case fails');
    }
    my $large = gate("# flags: -Zalgebraic-effects\n# tests: ast\n"
            . "a::inline::\@self pub {\\n  |> break\n", reference => 0);
    exits($large, 0, 'a case of the large set is found');
    my $unknown = gate("# tests: ast\na::inline::let nobody_recorded = this\n", reference => 0);
    exits($unknown, 1, 'a case without a recorded answer fails');
    is(case_named($unknown, 'a')->{first}{reason},
        'no output of the reference: there is no recorded answer', '... with a reason');
};

chosen 'An answer with a wrong form, or that breaks a metric, is an audit gap' => sub {
    my %both = (
        form => 's/"severity_level":1/"severity_level":9/g',
        order => 's/"severity_level":1,"severity":"error"/"severity":"error","severity_level":1/g',
        rule => 's/"cli\.change_set":\{"policy/"cli.change":{"policy/g',
    );
    my $answer = gate(join('', map { "# tests: diag\n$_\::inline::let x\n" } sort keys %both),
        component => \%both, reference => \%both);
    for my $id (sort keys %both) {
        my $summary = json("run/$id/summary.json");
        is($summary->{failure_type}, 'audit-gap', "$id is an audit gap");
        ok($summary->{diag_match}, '... although both sides say the same');
        ok(!$summary->{$id eq 'rule' ? 'metrics_ok' : 'schema_ok'}, '... and the summary says so');
    }
    like(load('run/form/schema-validate.log'), qr/^diag_json: \$\[0\]\.severity_level: not one of/,
        'schema-validate.log names the place');
    is(load('run/rule/schema-validate.log'),
        "valid: tokens, run, diag_json, run_partial, ast_text\n", '... or says what was valid');
};

chosen 'Answers of any form are judged' => sub {
    my @changes = (
        's/"diagnostics":\[.*?"recovered"/"diagnostics":1,"recovered"/g',
        's/"run":\{.*?\},"/"run":[],"/', 's/"tokens":\[/"tokens":[{},/',
        's/"start":\[1,6,5\]/"start":[1,99999999999999999999999,5]/g',
        's/"codes":\[\]/"codes":[[]]/g', 's/"expected":\{/"expected":[],"x":{/g',
        's/"diag_json":\[/"diag_json":[1,/', 's/"message":"/"message":"\\\\ud800/g',
        's/"steps":\[/"steps":[null,/', 's/"meta":\{/"meta":7,"x":{/g',
        's/"ast_text":.*\}$/"ast_text":3}/', 's/"packrat_stats":null/"packrat_stats":[]/g',
    );
    my %changes = map { ("a$_" => $changes[$_]) } 0 .. $#changes;
    my @names = sort keys %changes;
    my $list = join '', map { "# tests: tokens,ast,diag,stream\n$_\::inline::let x\n"
            . "# tests: cli\n$_-cli::inline::let x\n" } @names;
    $changes{"$_-cli"} = $changes{$_} for @names;
    for my $side (qw(component reference)) {
        my $answer = gate($list, $side => \%changes);
        exits($answer, 1, "odd answers of the $side");
        ok(!case_named($answer, $_)->{gating}, "... $changes{$_}") for @names;
    }
};

chosen 'Normalisation: what counts as equal, and what does not' => sub {
    my %equal = (
        'empty-list' => 's/"notes":\[\],//g',
        'key-order' => 's/"recovered":false,"consumed":true/"consumed":true,"recovered":false/',
        'sixth-decimal' => 's/"flow":\{"policy"/"x":0.12345641,"flow":{"policy"/',
        'time' => 's/1970-01-01T00:00:00Z/2026-01-02T03:04:05Z/g',
        'ids' => 's/#0"/#7"/g; s/"audit\.sequence":0/"audit.sequence":7/g;'
            . ' s/("sequence":)0/${1}7/g; s/19700101T000000Z/20260102T030405Z/g',
        'workspace' => 's/"workspace":"\."/"workspace":"x"/g;'
            . ' s/"audit\.source\.workspace":"\."/"audit.source.workspace":"x"/g',
        'path' => 's/"path":"case\.reml"/"path":"x"/g',
    );
    my %different = (
        'null-is-no-member' => 's/"span_trace":null,//',
        'true-is-no-number' => 's/"consumed":true/"consumed":1/',
        'float-is-no-integer' => 's/"farthest_error_offset":5/"farthest_error_offset":5.0/',
        'fifth-decimal' => 's/"flow":\{"policy"/"x":0.12341,"flow":{"policy"/',
        'span' => 's/"end_col":5/"end_col":6/',
        'file' => 's/"file":"case\.reml"/"file":"x"/g',
    );
    my @ids = sort(keys %equal, keys %different);
    my $base = 's/"flow":\{"policy"/"x":0.123456,"flow":{"policy"/';
    my $answer = gate(join('', map { "# tests: diag\n$_\::inline::let x\n" } @ids),
        component => { %equal, %different },
        reference => { map { $_ => $base } qw(sixth-decimal fifth-decimal) });
    for my $id (sort keys %equal) {
        is(json("run/$id/summary.json")->{diag_match}, JSON::PP::true, "equal: $id");
    }
    for my $id (sort keys %different) {
        is(case_named($answer, $id)->{failure_type}, 'diagnostic-diff', "different: $id");
    }
    my $recorded = gate("# tests: diag\na::inline::let a = = 1\\nlet b = 2\\n\n", reference => 0,
        component => { a => $equal{time} });
    is(case_named($recorded, 'a')->{failure_type}, 'diagnostic-diff',
        'recorded answers have the fixed time, so that nothing is masked');
    my $infinite = gate("# tests: diag\n# flags: --config 'stream.enabled=true' --stream-flow auto"
            . " --config 'stream.flow_throttle_ratio=\"inf\"'\na::inline::fn f(x, y = x + y\\n\n",
        reference => 0);
    exits($infinite, 0, 'Infinity, which is no JSON, is equal to itself');
};

chosen 'Flags make the configuration, for both producers or for one' => sub {
    my $list = <<'END';
# tests: diag
# flags: --packrat --left-recursion=off --trace --no-merge-warnings -Zalgebraic-effects
# flags.component: --config 'lex.hash_inline=true' --config 'locale="ja"' --lex-profile toml_relaxed
# flags.reference: --stream-chunk-size 7 --stream-flow-throttle 0.5 --effect-stage ' BETA '
many::inline::let x = # y
# tests: tokens
# flags.component: --config lex.hash_inline=true
one::inline::let # x
# tests: tokens
none::inline::let # x
END
    my $answer = gate($list);
    my $command = json('run/many/command.json');
    my %common = (
        packrat => JSON::PP::true, left_recursion => 'off', trace => JSON::PP::true,
        merge_warnings => JSON::PP::false, experimental_effects => JSON::PP::true,
    );
    is_deeply($command->{component}{config},
        { %common, locale => 'ja',
            extensions => { lex => { hash_inline => JSON::PP::true, profile => 'toml_relaxed' } } },
        'flags of the component');
    is_deeply($command->{reference}{config},
        { %common, extensions => { stream => { chunk_size => 7, flow_throttle_ratio => 0.5 },
                effects => { stage => 'beta' } } },
        'flags of the reference');
    is(case_named($answer, 'one')->{failure_type}, 'token-diff', 'the component was told its own');
    ok(case_named($answer, 'none')->{gating}, 'flags are for the next case only');
};

chosen 'Streaming cases are cut as their steps say' => sub {
    my $list = <<'END';
# tests: stream
# flags: --steps '[3, "await", 0, {"error": "e"}, 6]'
steps::inline::let x = 1
# tests: stream
# flags: --stream-chunk-size 4
chunks::inline::let x = 1
END
    exits(gate($list), 0, 'the gate passes');
    is_deeply(json('run/steps/command.json')->{component}{steps},
        [{ chunk_b64 => 'bGV0' }, 'await', { chunk_b64 => '' }, { error => 'e' },
            { chunk_b64 => 'IHggPSAx' }], 'numbers are chunks of the source');
    is_deeply(json('run/chunks/command.json')->{component}{steps},
        [{ chunk_b64 => 'bGV0IA==' }, { chunk_b64 => 'eCA9IA==' }, { chunk_b64 => 'MQ==' },
            'closed'], 'without steps, the chunk size cuts');
};

# For each metric a case and a change that breaks it and, as far as possible, nothing else.
my $syntax = "# tests: diag\n# flags: --packrat --left-recursion off\nID::inline::let x\n";
my $auto = "# tests: stream\n# flags: --stream-flow auto --stream-demand-min 4"
    . " --stream-demand-preferred 8 STAGE --steps '[7, \"await\", \"closed\"]'\n"
    . "ID::inline::let x =\n";
(my $beta = $auto) =~ s/STAGE/--effect-stage beta/;
$auto =~ s/ STAGE//;
my @metrics = (
    ['parser.parity.tokens', "# tests: tokens\nID::inline::x\n", 's/"IDENT"/"INT"/'],
    ['parser.parity.ast', "# tests: ast\nID::inline::let x = 1\n", 's/Private/Public/g'],
    ['parser.parity.diagnostics', $syntax, 's/構文/文法/g'],
    ['parser.parity.ast_text', "# tests: ast\nID::inline::let x = 1\n",
        's/"ast_text":"let/"ast_text":"/'],
    ['parser.parse_result_consistency', $syntax, 's/("run_partial".*"consumed":)true/$1false/'],
    ['parser.farthest_error_offset', $syntax,
        's/"farthest_error_offset":5/"farthest_error_offset":null/g'],
    ['parser.expected_summary_presence', $syntax,
        's/\["token","="\]/["custom","解析継続トークン"]/g'],
    ['parser.expected_tokens_per_error', $syntax,
        's/"alternatives":\[\[.*?\]\]/"alternatives":[]/g'],
    ['ExpectedTokenCollector.streaming', "# tests: diag\n# flags: --config stream.enabled=true\n"
            . "ID::inline::let x\n", 's/"value":"[^"]*"/"value":" "/g'],
    ['parser.core_comb_rule_coverage', $syntax, 's/"parser\.core\.rule\.name":"[^"]*",//'],
    ['parser.runconfig_switch_coverage', $syntax, 's/("runconfig":\{)"packrat":true,/$1/'],
    ['parser.runconfig_extension_pass_rate', $syntax, 's/"recover":\{"sync/"recovery":{"sync/g'],
    ['parser.stream_extension_field_coverage', $syntax, 's/"chunk_size":0,//g'],
    ['lexer.shared_profile_pass_rate', $syntax, 's/"strict_json"/"json_relaxed"/g'],
    ['lexer.identifier_profile_unicode', $syntax,
        's/("identifier_profile":)"unicode"/$1"ascii-compat"/g'],
    ['parser.packrat_cache_hit_ratio', $syntax, 's/"hits":7/"hits":6/g'],
    ['diagnostic.audit_presence_rate', $syntax, 's/"schema\.version":"1\.1"/"schema.version":""/g'],
    ['diagnostic_schema.validation_pass', $syntax, 's/"fixits":\[\]/"fixits":{}/'],
    ['parser.stream.outcome_consistency', $auto,
        's/"consumed":true/"consumed":false/ if $case =~ /"want": \["run"\]/'],
    ['parser.stream.poc_parity', $auto, 's/"await_count":1/"await_count":2/g'],
    ['parser.stream.demandhint_coverage', $auto, 's/"preferred_bytes":8/"preferred_bytes":3/g'],
    ['parser.stream.backpressure_sync', $auto, 's/"pending\.backpressure"/"feeder.await"/g'],
    ['parser.stream.bridge_backpressure_diagnostics', $auto,
        's/"bridge\.stage\.backpressure"/"x"/g'],
    ['parser.stream.bridge_stage_propagation', $beta,
        's/"codes":\[\]/"codes":["effects.contract.stage_mismatch"]/g'],
    ['parser.stream.audit_completeness', $auto, 's/"parser\.stream\.pending\.last_reason",//g'],
);

chosen 'Every metric notices what it is there for' => sub {
    my (%changes, %metric);
    my $list = '';
    for my $row (@metrics) {
        my ($metric, $text, $change) = @$row;
        (my $id = $metric) =~ tr/./-/;
        $list .= $text =~ s/ID/$id/r . $text =~ s/ID/good-$id/r;
        $changes{$id} = $change;
        $metric{$id} = $metric;
    }
    my $answer = gate($list, component => \%changes);
    for my $id (sort keys %metric) {
        my $metric = $answer->{metrics}{ $metric{$id} };
        my @failed = map { $_->{case} } @{ $metric->{failures} };
        ok((grep { $_ eq $id } @failed) || $metric{$id} =~ /per_error|hit_ratio/,
            "$metric{$id} fails in its case");
        ok(!(grep { /^good-/ } @failed), '... and not in a good one');
        my ($own) = grep { $_->{metric} eq $metric{$id} }
            all_metrics("run/$id/parser-metrics.json"),
            all_metrics("run/$id/streaming-metrics.json");
        is($own->{status}, 'fail', '... the metrics of the case say so');
        ok(json("run/good-$id/summary.json")->{gating}, '... and the good case passes');
    }
    my ($failure) = @{ $answer->{metrics}{'parser.stream.outcome_consistency'}{failures} };
    is_deeply($failure->{resume_lineage}, ['pending.backpressure'],
        'a failure of a stream carries its lineage');
    is($failure->{path}, '$.result.consumed', '... and the path');
    my $sum = $answer->{metrics}{'parser.parity.tokens'};
    is_deeply([@{$sum}{qw(total passed failed pass_rate pass_fraction status)}],
        [2, 1, 1, 0.5, '1/2', 'fail'], 'a metric adds its samples up');
    is($answer->{metrics}{'parser.stream.flow.auto_coverage'}{status}, 'pass',
        'a metric that is only reported passes');
};

chosen 'Metrics without samples are skipped, with a reason if that cannot be helped' => sub {
    my $list = "# tests: tokens\na::inline::let x = 1\n";
    my $answer = gate($list);
    exits($answer, 0, 'that alone does not fail a gate');
    my $metric = $answer->{metrics}{'parser.farthest_error_offset'};
    is_deeply([@{$metric}{qw(total pass_rate pass_fraction status)}], [0, undef, '0/0', 'skipped'],
        'no sample');
    for my $name (qw(parser.recover_fixit_coverage parser.recover_sync_success_rate
        parser.stream.chunk_invariance parser.stream.hysteresis
        parser.stream.incremental_equivalence parser.stream.gc_stats))
    {
        is($answer->{metrics}{$name}{status}, 'skipped', "$name is skipped");
        like($answer->{metrics}{$name}{failures}[0]{reason}, qr/^warning: \w/, '... with a reason');
    }
    my $required = gate($list, arguments => ['--require-success']);
    exits($required, 1, 'with --require-success it does');
    like($required->{err}, qr/^compat: metric parser\.farthest_error_offset is not successful$/m,
        '... with a message');
    unlike($required->{err}, qr/gc_stats/, '... but not for metrics with a warning');
};

chosen 'A run directory can be used again' => sub {
    gate("a::inline::let x = 1\nb::inline::let y = 2\n", out => 'again');
    keep('again/b/mine.txt', "kept\n");
    my $answer = gate("a::inline::let x = 1\n", out => 'again');
    exits($answer, 0, 'the second run passes');
    is(load('again/b/mine.txt'), "kept\n", 'files of other making stay');
    ok(!-e 'again/b/summary.json', 'artefacts of the last run go');
    save('again/summary.json', '{"cases": [{"case": "../x"}], "entries": []}');
    exits(gate("a::inline::let x = 1\n", out => 'again'), 0, 'a name with .. is not followed');
    for my $text ('nonsense', '[1]', '{"cases": 1}') {
        save('again/summary.json', $text);
        exits(gate("a::inline::let x = 1\n", out => 'again'), 2, "not the summary of a run: $text");
    }
};

chosen 'Malformed lists are refused with file and line' => sub {
    save('latin.reml', "\xe9");
    for my $row (
        ['x', 1, 'a case must be name::inline::TEXT or name::file::PATH'],
        ['x::inline', 1, 'a case must be name::'],
        ["\n\na b::inline::x", 3, q('a b' is not a name of letters, digits, '_' and '-')],
        ['::inline::x', 1, q('' is not a name)],
        ['x::text::y', 1, q('text' is neither inline nor file)],
        ['x::file::nowhere.reml', 1, 'nowhere.reml cannot be read: No such file'],
        ['x::file::.', 1, ' cannot be read: Is a directory'],
        ["x::file::a\0b", 1, ' cannot be read: embedded null'],
        ['x::inline::\\q', 1, q(unknown escape '\\\\q')],
        ['x::inline::\\', 1, 'unknown escape'],
        ["x::inline::1\nx::inline::2", 2, q(the name 'x' is used already, in cases.list:1)],
        ["# flag: --packrat\nx::inline::1", 1, 'unknown line `# flag:`'],
        ["# flags: --trace\n# flags: --trace\nx::inline::1", 2, '`# flags:` is there twice'],
        ["x::inline::1\n# tests: ast\n", 3, 'no case follows `# tests:`'],
        ["# tests: ast,\nx::inline::1", 2, q(unknown test '')],
        ["# tests: ast,ast\nx::inline::1", 2, 'a test is there twice'],
        ["# tests: speed\nx::inline::1", 2, q(unknown test 'speed', known are tokens, ast)],
        ["# flags: --speed 1\nx::inline::1", 2, q(unknown flag '--speed')],
        ["# flags: --packrat=1\nx::inline::1", 2, q(unknown flag '--packrat=1')],
        ["# flags.component: 1\nx::inline::1", 2, q(unknown flag '1')],
        ["# flags: '\nx::inline::1", 2, 'No closing quotation'],
        ["# flags: --left-recursion\nx::inline::1", 2, '--left-recursion needs a value'],
        ["# flags: --left-recursion no\nx::inline::1", 2, 'must be one of off, on, auto'],
        ["# flags: --stream-chunk-size -1\nx::inline::1", 2, 'must be a number of at least 0'],
        ["# flags: --stream-flow-throttle nan\nx::inline::1", 2,
            'must be a number from 0.0 to 1.0'],
        ["# flags: --config x\nx::inline::1", 2, 'must be NAME=JSON'],
        ["# flags: --config speed=1\nx::inline::1", 2, 'is not a field of the run configuration'],
        ["# flags: --config lex.a=nope\nx::inline::1", 2, 'is not JSON'],
        ["# flags: --config lex.a=" . '[' x 9999 . "\nx::inline::1", 2, 'is not JSON'],
        ["# flags: --emit-ast\nx::inline::1", 2, '--emit-ast is only for cases with the test cli'],
        ["# tests: cli\n# flags: --config lex.a=1\nx::inline::1", 3,
            'is not an option of the command'],
        ["# flags: --steps []\nx::inline::", 2, '--steps is only for cases with the test stream'],
        ["# tests: stream\n# flags: --steps 1\nx::inline::1", 3, 'must be a JSON list'],
        ["# tests: stream\n# flags: --steps '[\"wait\"]'\nx::inline::1", 3, '"wait" is not a step'],
        ["# tests: stream\n# flags: --steps '[true]'\nx::inline::1", 3, 'true is not a step'],
        ["# tests: stream\n# flags: --steps '[2]'\nx::inline::1", 3,
            '--steps has chunks of 2 bytes, the source has 1'],
      )
    {
        my ($list, $line, $message) = @$row;
        my $answer = gate($list);
        exits($answer, 2, substr($list, 0, 60) =~ s/\n/ | /gr);
        like($answer->{err}, qr/^compat: cases\.list:$line: .*\Q$message\E/, '... with a message');
    }
    like(gate("\xff")->{err}, qr/^compat: cases\.list: not UTF-8 at byte 0$/, 'a list is UTF-8');
    like(gate("# nothing\n")->{err}, qr/^compat: cases\.list: no cases$/, 'a list has cases');
};

chosen 'What a list may hold' => sub {
    save('bytes.reml', "\xff");
    my $answer = gate("# a comment\r\n\r\n# tests: tokens\r\na-1_B::inline::x\\n\\t\\s\\\\n::é\r\n"
            . "# tests: tokens\nfile::file::bytes.reml");
    exits($answer, 0, 'line ends of any kind, comments, empty lines, colons in the text');
    is(load('run/a-1_B/input.reml'), "x\n\t \\n::é", 'escapes');
    is(load('run/file/input.reml'), "\xff", 'a file relative to the list');
};

chosen 'Wrong usage and files that cannot be used exit with 2' => sub {
    keep('good.list', "a::inline::x\n");
    my @run = ('run', 'good.list', '--out', 'run', '--build', $build);
    for my $arguments (
        [], ['nonsense'], ['run'], ['run', 'good.list'], [@run, '--shard', '0/2'],
        [@run, '--shard', '3/2'], [@run, '--shard', 'x'], [@run, '--today', 'tomorrow'],
        [@run, '--timeout', '0'], [@run, '--timeout', 'x'], [@run, '--reference-command', ''],
        [@run, '--reference-command', q(')], [@run, '--speed'], ['merge'], ['merge', 'x'],
      )
    {
        my $answer = run_program("$gate_folder/compat", $arguments);
        exits($answer, 2, "compat @$arguments");
        like($answer->{err}, qr/^usage: /, '... shows the usage');
    }
    for my $row (
        [['run', 'nowhere.list', '--out', 'run'], 'nowhere.list: No such file'],
        [['run', '.', '--out', 'run'], '.: Is a directory'],
        [[@run, '--allow-list', 'nowhere'], 'nowhere: No such file'],
        [[@run, '--out', 'good.list'], 'good.list/a.*: Not a directory'],
        [[@run, '--build', 'nowhere'], 'nowhere/reml-compat: cannot be started: No such file'],
        [[@run, '--reference-command', './nowhere'], './nowhere: cannot be started: No such file'],
      )
    {
        my ($arguments, $message) = @$row;
        my $answer = gate_command(@$arguments);
        exits($answer, 2, join(' ', @$arguments));
        like($answer->{err}, qr/^compat: (?:$message)/, '... with a message');
    }
    exits(run_program("$gate_folder/compat", ['--help']), 0, '--help exits with 0');
    ok(!-e "$gate_folder/__pycache__", 'the source tree stays clean');
};

done_testing();
