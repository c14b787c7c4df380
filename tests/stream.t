#!/usr/bin/env perl
# Streaming with remlparse: -Zstreaming and what goes with it (contract streaming-spec.md).
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
#
# Nothing here is measured by the clock: a test that waits, waits for what the command prints.
# Arguments choose subtests by a part of their names.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use lib $FindBin::Bin;
use JSON::PP qw(decode_json);
use POSIX qw(mkfifo :signal_h :sys_wait_h);
use Program;
use Time::HiRes qw(sleep);

my $command = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $command && -x $command or BAIL_OUT('remlparse is not there');
my $sanitized = length($ENV{REML_SANITIZE} // '');
my $samples = abs_path("$FindBin::Bin/samples");
my $cases = abs_path("$FindBin::Bin/../compat/golden/cases");
my $patience = $sanitized ? 300 : 60;
isolate();
$SIG{PIPE} = 'IGNORE';
$SIG{INT} = 'DEFAULT';    # for the commands, as a shell ignores it for what it runs beside itself

my $one = "fn f() { 1 }";
my $two = "fn g() { 2 }";
save('good.reml', "let x = 1\n");
save('bad.reml', "let a = 1\nlet x = )\n");

# A subtest that must come to its end, unless there is an obstacle to it.
sub timed {
    my ($name, $body, $obstacle) = @_;
    chosen $name => sub {
        plan skip_all => $obstacle if $obstacle;
        within($patience, $body);
    };
}
my $no_proc = -e '/proc/self/status' ? '' : 'there is no /proc';
my $no_full = -w '/dev/full' ? '' : 'there is no /dev/full';

sub run {
    my ($arguments, %how) = @_;
    delete $how{memory} if $sanitized;
    return run_program($command, $arguments, %how);
}

sub stream {
    my ($arguments, %how) = @_;
    return run(['-Zstreaming', @$arguments], %how);
}

# A stream whose input the test writes.
sub open_stream {
    my ($arguments, %how) = @_;
    delete $how{memory} if $sanitized;
    return attach($command, ['-Zstreaming', @$arguments], %how);
}

sub lines_of {
    my ($text) = @_;
    return map { decode_json($_) } split /\n/, $text;
}

# Whether a list of names is what it may be: all of the first list, and maybe some of the second.
sub names_are {
    my ($got, $required, $optional, $name) = @_;
    my %known = map { $_ => 1 } @$required, @$optional;
    my %got = map { $_ => 1 } @$got;
    my @odd = (grep({ !$got{$_} } @$required), grep { !$known{$_} } @$got);
    ok(!@odd, $name) or diag("missing or not known: @odd");
}

# The keys of the objects at one depth of a JSON text, in order.
sub keys_at {
    my ($depth, $json) = @_;
    my ($here, @keys) = (0);
    while ($json =~ /\G(?:"((?:[^"\\]|\\.)*)"(:?)|([{\[])|([}\]])|[^"{}\[\]]+)/gc) {
        if ($3) { $here++ }
        elsif ($4) { $here-- }
        elsif ($2 && $here == $depth) { push @keys, $1 }
    }
    return @keys;
}

sub report_of {
    my @arguments = @_;
    unlink 'report.json';
    run([@arguments, '--emit-parse-debug', 'report.json']);
    return decode_json(load('report.json') // '{}');
}

my @count_names = qw(bytes_consumed chunks_consumed await_count resume_count backpressure_events);
my @more_count_names = qw(last_reason memo_bytes backpressure_policy);

timed 'The switch' => sub {
    my ($section) = run(['--help'])->{out} =~ /^Streaming \(experimental\):\n(.*?)^\n/ms;
    like($section, qr/^  --streaming .*-Zstreaming$/m, '--help lists it as experimental');
    for my $switch ('-Zstreaming', '--streaming') {
        my $report = report_of($switch, 'good.reml');
        is($report->{parser_run_config}{extensions}{stream}{enabled}, JSON::PP::true,
            "$switch sets stream.enabled");
        names_are([keys %{ $report->{stream_meta} }], \@count_names, \@more_count_names,
            '... and the report counts, under the names of the contract');
        is($report->{stream_meta}{bytes_consumed}, -s 'good.reml', '... all bytes of the input');
    }
    my $full = report_of('-Zstreaming', '--packrat', '--stream-flow=auto', 'good.reml');
    names_are([keys %{ $full->{stream_meta} }], [@count_names, @more_count_names], [],
        'a cache and the policy auto are counted, too');
    my $unset = report_of('--stream-checkpoint=c', '--stream-chunk-size=7', '--stream-flow=auto',
        '--stream-profile=spec', '--dump-continuation', '--emit-audit', 'good.reml');
    is_deeply(
        $unset->{parser_run_config}{extensions}{stream},
        { checkpoint => 'c', chunk_size => 7, flow_policy => 'auto' },
        'the options --stream-... fill the run configuration'
    );
    ok(exists $unset->{stream_meta} && !defined $unset->{stream_meta}, '... and do not stream');
    is(load('out.txt'), '', 'without streaming --dump-continuation prints nothing');
    ok(!-e 'audit.jsonl', '... and --emit-audit writes nothing');
};

timed 'Declarations are printed when they are finished' => sub {
    mkfifo('slow', 0600) or die "mkfifo: $!";
    for my $row (['a pipe', '-'], ['a FIFO', 'slow', fifo => 'slow']) {
        my ($what, $file, %how) = @$row;
        my $talk = open_stream(['--emit', 'declarations', $file], %how);
        for my $number (1 .. 20) {
            give($talk, "fn f$number() { $number }");
            my $line = next_line($talk) // '{}';
            is(decode_json($line)->{decl}{name}{name}, "f$number",
                "$what: function $number is printed before anything behind its }")
                if $number < 4 || $number == 20;
        }
        give($talk, "\nlet x = 1 +");
        give($talk, " 2\nfn ");
        is(decode_json(next_line($talk) // '{}')->{decl}{kind}, 'Let',
            '... a let is printed when the next token is there');
        give($talk, "g() { 2 }\ntype");
        is(decode_json(next_line($talk) // '{}')->{decl}{name}{name}, 'g',
            '... and what was begun goes on');
        my $answer = hang_up($talk);
        exits($answer, 1, '... a declaration that is not finished is a mistake');
        is($answer->{out}, '', '... and not printed');
    }
    my $talk = open_stream(['--emit', 'declarations', '-']);
    for my $byte (split //, "/* \xE3\x81\x82 */ $one\r\nlet s = \"\xE3\x81\x84\" ") {
        give($talk, $byte);
    }
    is(decode_json(next_line($talk) // '{}')->{decl}{name}{name}, 'f', 'byte by byte likewise');
    my $answer = hang_up($talk);
    exits($answer, 0, '... and the end of the input ends a let');
    like($answer->{out}, qr/\A\{.*"Let".*\}\n\z/, '... which is printed');
};

# Reads up to the pause after so many bytes; returns the lines before it.
sub lines_until {
    my ($talk, $bytes) = @_;
    my @lines;
    while (defined(my $line = next_line($talk))) {
        my $value = decode_json($line);
        my $meta = $value->{stream_meta};
        return @lines if $meta && $meta->{bytes_consumed} == $bytes;
        push @lines, $value if !$meta;
    }
    die 'the output has ended';
}

timed 'Declarations are not printed before they are finished' => sub {
    my $talk = open_stream(['--emit', 'declarations', '--dump-continuation', '-']);
    give($talk, "let x = 1\n");
    is(scalar lines_until($talk, 10), 0, 'a let could go on in the next line');
    give($talk, "fn ");
    my @lines = lines_until($talk, 13);
    is(scalar @lines, 1, '... the next token ends it');
    is($lines[0]{decl}{kind}, 'Let', '... and it is printed');
    give($talk, "f() { 1 ");
    is(scalar lines_until($talk, 21), 0, 'an open block is not finished');
    give($talk, "}");
    is(scalar lines_until($talk, 22), 1, '... its } finishes it');
    exits(hang_up($talk), 0, '... and the whole is accepted');
};

# --- the same as without streaming ---

# What streaming adds by contract: its switch, and the expected set of lexical errors (driver.md
# section 4.2).
sub without_additions {
    my ($streamed, $plain) = @_;
    $streamed =~ s/("(?:[\w.]*\.)?enabled": ?)true/$1false/g;
    my @streamed = split /^(?=\S+:\d+:\d+: )/m, $streamed;
    my @plain = split /^(?=\S+:\d+:\d+: )/m, $plain;
    for my $at (0 .. $#streamed) {
        next if ($plain[$at] // '') =~ /^期待される入力: /m;
        $streamed[$at] =~ s/^(?:期待される入力: |ここで|拡張\[recover\]: ).*\n//mg;
    }
    return join '', @streamed;
}

sub gives_the_same {
    my ($arguments, $name, @streaming) = @_;
    my $plain = run($arguments);
    my $streamed = stream([@streaming, @$arguments]);
    is($streamed->{code}, $plain->{code}, "$name: exit code $plain->{code}");
    same($streamed->{out}, $plain->{out}, '... stdout');
    same(without_additions($streamed->{err}, $plain->{err}), $plain->{err}, '... stderr');
}

my @sources = (glob("$samples/*.reml"), glob("$cases/*/*.reml"));
my @sizes = (1, 7, 4096);

timed 'Trees and diagnostics are those of a parse without streaming' => sub {
    cmp_ok(scalar @sources, '>', 400, 'the sources are there');
    my @trees = ('-Zalgebraic-effects', '--emit-ast', '--emit-ast-json', '--no-snippet');
    gives_the_same([@trees, '--stream-chunk-size', $_, @sources], "chunks of $_") for @sizes;
    gives_the_same([@trees, @sources], 'chunks of the usual size');
    gives_the_same([@trees, '--packrat', '--left-recursion', $_, @sources], "left recursion $_")
        for qw(on off);
    gives_the_same([@trees, '--require-eof', '--trace', @sources], 'with other options');
    gives_the_same([@trees, @sources], 'profile poc', '--stream-profile', 'poc');
    gives_the_same(['--emit-ast', '--no-snippet', $_], $_ =~ s{.*/}{}r)
        for glob("$samples/*.reml");
    gives_the_same(['--format=json', "--json-mode=$_", 'bad.reml'], "$_ JSON")
        for qw(pretty compact lines);
    save('empty.reml', '');
    gives_the_same(['--emit-ast-json', 'empty.reml', '/dev/null'], 'nothing');
};

timed 'Snippets are those of a parse without streaming' => sub {
    gives_the_same(['--verbose=0', '--stream-chunk-size', $_, @sources], "chunks of $_")
        for @sizes;
    my $many = "let value = 12345\n" x 40_000;
    (my $returns = $many) =~ tr/\n/\r/;
    for my $row (
        ['late in a long file', $many, "let x = )\nlet y = 1\n"],
        ['in a file with CR', $returns, "let x = )\rlet y = 1\r"],
        ['in the last line', $many, "let x ="],
        ['in a string without end', $many, "let s = \"\n"],
        ['in a long line', 'let x = [', '1, ' x 200_000, ")]\nlet y = 1\n"],
        ['in a comment without end', 'let x = 1 /*', "text\n" x 100_000],
      )
    {
        my ($name, @text) = @$row;
        save('long.reml', @text);
        my $plain = run(['--verbose=0', 'long.reml']);
        my $streamed = stream(['--verbose=0', '--emit=declarations', 'long.reml']);
        same(without_additions($streamed->{err}, $plain->{err}), $plain->{err},
            "a mistake $name, of which not everything is kept");
    }
};

timed 'Declarations are those of a parse without streaming' => sub {
    my @accepted = grep { (load(s/reml\z/json/r) // '') =~ /"accepted":true/ } @sources;
    cmp_ok(scalar @accepted, '>', 150, 'accepted sources are there');
    my @arguments = ('-Zalgebraic-effects', '--emit', 'declarations');
    my $plain = run([@arguments, @accepted]);
    exits($plain, 0, 'without streaming they are printed at the end');
    for my $size (@sizes) {
        my $streamed = stream([@arguments, '--stream-chunk-size', $size, @accepted]);
        exits($streamed, 0, "chunks of $size");
        same($streamed->{out}, $plain->{out}, '... give the same lines');
    }
    my $poc = stream([@arguments, '--stream-profile', 'poc', @accepted]);
    same($poc->{out}, $plain->{out}, 'profile poc gives the same lines');
    my $rejected = stream(['--emit', 'declarations', 'bad.reml']);
    exits($rejected, 1, 'a mistake');
    is(scalar lines_of($rejected->{out}), 1, '... comes behind the declarations before it');
};

# --- continuations ---

my @continuation_names = qw(commit_watermark buffered_bytes resume_hint expected_tokens
    resume_lineage backpressure_counter);
my @more_continuation_names = qw(last_checkpoint trace_label);
my @demand_names = qw(action min_bytes preferred_bytes resume_hint reason);

# Reads up to the pause in which the command waits for what comes behind so many bytes.
sub pause_at {
    my ($talk, $bytes) = @_;
    while (defined(my $line = next_line($talk))) {
        my $value = decode_json($line);
        my $meta = $value->{stream_meta};
        return $value
            if $meta->{bytes_consumed} == $bytes && $meta->{last_reason} eq 'feeder.await';
    }
    die 'the output has ended';
}

timed '--dump-continuation' => sub {
    save('open.reml', "let x = 1 + 2 *");
    for my $row (['good.reml'], ['open.reml'], ["$samples/inventory.reml"],
        ['--stream-profile=poc', 'good.reml'], ['--stream-profile=poc', 'open.reml'])
    {
        my $answer = stream(['--dump-continuation', @$row]);
        like($answer->{out}, qr/\A(?:\{.*\}\n)+\z/, "@$row: lines, at least one");
        for my $value (lines_of($answer->{out})) {
            names_are([keys %$value], [qw(continuation_meta stream_meta seeds generation)],
                ['engine_bytes'], '... with the members of a continuation');
            names_are([keys %{ $value->{continuation_meta} }], \@continuation_names,
                \@more_continuation_names, '... continuation_meta as in the contract');
            names_are([keys %{ $value->{continuation_meta}{resume_hint} }], \@demand_names,
                ['frame_boundary'], '... and its demand');
            names_are([keys %{ $value->{stream_meta} }], \@count_names, \@more_count_names,
                '... stream_meta likewise');
        }
    }
    my $marked = stream(['--dump-continuation', '--stream-checkpoint', 'here',
        '--stream-resume-hint', 'later', '--stream-demand-min', '5', 'good.reml']);
    my ($meta) = map { $_->{continuation_meta} } lines_of($marked->{out});
    is($meta->{trace_label}, 'here', '--stream-checkpoint is the label');
    is($meta->{resume_hint}{resume_hint}, 'later', '--stream-resume-hint is in the demand');
    is($meta->{resume_hint}{min_bytes}, 5, '--stream-demand-min likewise');

    my $talk = open_stream(['--dump-continuation', '--emit-ast', '-']);
    my $text = "let x = 1\nlet y = \"abc";
    give($talk, $text);
    my $first = pause_at($talk, length $text);
    my $state = $first->{continuation_meta};
    is($state->{commit_watermark}, index($text, '"'),
        'a slow writer is waited for in front of the string that is open');
    is($state->{buffered_bytes}, 4, '... whose bytes are kept');
    is($state->{last_checkpoint}{end}{offset}, 9, '... behind the last declaration');
    give($talk, '"');
    my $second = pause_at($talk, 1 + length $text);
    cmp_ok($second->{generation}, '>', $first->{generation}, 'the next pause has another number');
    cmp_ok($second->{stream_meta}{resume_count}, '>', $first->{stream_meta}{resume_count},
        '... and comes after a resume');
    my @lineage = @{ $second->{continuation_meta}{resume_lineage} };
    is($lineage[0], 'feeder.await', '... remembers its reason');
    is(scalar @lineage, $second->{generation}, '... and those of the pauses before');
    like(hang_up($talk)->{out}, qr/\}\nlet x = int\(1:base10\)\nlet y = .*\n\z/,
        'the tree comes behind the pauses');
};

timed 'Seeds' => sub {
    my $text = "let a = 1\nfn f() { let y = 2; g(1, 2 + 3 * 4, h |> k.z";
    save('open.reml', $text);
    my $seeds = sub {
        my ($last) = reverse lines_of(stream(['--dump-continuation', @_, 'open.reml'])->{out});
        is($_->{generation}, $last->{generation}, 'a seed is of its continuation')
            for @{ $last->{seeds} };
        return @{ $last->{seeds} // [] };
    };
    my @chains = $seeds->('--left-recursion', 'auto');
    my @all = $seeds->('--left-recursion', 'on');
    is(scalar $seeds->('--left-recursion', 'off'), 0, 'without left recursion there are none');
    is_deeply([map { substr $text, $_->{start}, $_->{end} - $_->{start} } @chains],
        ['g', 'h', 'k'], 'auto: the chains of expressions that are open');
    cmp_ok(scalar @all, '>', scalar @chains, 'on: the open lists as well');
    is_deeply([grep { ref && $_->{rule} =~ /^(?:postfix|expr)$/ } @all], \@chains,
        '... beside the same chains');
    is((grep { $_->{rule} eq 'args' } @all)[0]{steps}, 2, '... which count what is in them');
    my @starts = map { $_->{start} } @all;
    is_deeply(\@starts, [sort { $a <=> $b } @starts], '... outermost first');
    for my $seed (@all) {
        names_are([keys %$seed], [qw(rule start end steps generation)], [],
            "$seed->{rule}: the members of a seed");
    }
};

# --- audit records ---

my $errors = 'parser.stream.error';
my %audit_names = (
    'parser.stream.progress' => [[qw(consumed_bytes produced lap_ns)], ['buffer_fill_ratio']],
    'parser.stream.pending' => [
        [qw(reason last_reason resume_hint expected_tokens resume_lineage backpressure_events)],
        [qw(last_checkpoint seeds notes)]
    ],
    $errors => [
        [qw(diagnostic resume_hint last_reason expected_tokens)],
        [qw(last_checkpoint resume_lineage)]
    ],
    'parser.stream.closed' => [[qw(consumed_bytes chunks resume_count)], []],
);
my @envelope = qw(event.kind schema.version audit.channel cli.command cli.phase cli.run_id);

sub batch_diagnostic {
    my ($file) = @_;
    return JSON::PP->new->utf8->canonical->encode(report_of($file)->{diagnostics}[0]);
}

sub as_batch {
    my ($diagnostic) = @_;
    my $text = JSON::PP->new->utf8->canonical->encode($diagnostic);
    $text =~ s/("(?:[\w.]*\.)?enabled":)true/$1false/g;
    return $text;
}

timed '--emit-audit' => sub {
    my @audit = ('--emit-audit', '--audit-dir', 'made/for/it');
    my $file = 'made/for/it/audit.jsonl';
    my $quiet = stream([@audit, 'good.reml']);
    exits($quiet, 0, 'the directories are made');
    is($quiet->{out} . $quiet->{err}, '', '... and nothing is printed');
    my $before = load($file) // '';
    like($before, qr/\A(?:\{.*\}\n)+\z/, 'the records are lines');
    stream([@audit, '--dump-continuation', '--stream-flow', 'auto', 'bad.reml', 'good.reml']);
    my $after = load($file);
    is(substr($after, 0, length $before), $before, 'records are appended');
    my %seen;
    for my $line (split /\n/, $after) {
        my $record = decode_json($line);
        my $metadata = $record->{envelope}{metadata};
        my $kind = $metadata->{'event.kind'};
        my $known = $audit_names{$kind};
        ok($known, "a record of kind $kind") or next;
        is_deeply([keys_at(1, $line), keys_at(2, $line)],
            [qw(timestamp envelope audit_id capability metadata)], '... has the envelope');
        my @names = keys_at(3, $line);
        is_deeply([@names[0 .. $#envelope]], \@envelope, '... says where it is from');
        names_are(
            [@names[@envelope .. $#names]],
            [map({ "$kind.$_" } @{ $known->[0] }), $kind eq $errors ? 'stream.last_reason' : ()],
            [map { "$kind.$_" } @{ $known->[1] }],
            '... and holds the keys of its kind'
        );
        next if $seen{$kind}++;
        is($record->{timestamp}, '1970-01-01T00:00:00Z', '... its time is the fixed one');
        is($record->{envelope}{capability}, 'core.parse.streaming', '... its capability');
        is_deeply(
            [@$metadata{ @envelope[1 .. 4] }],
            ['3.0.0-alpha', 'cli', 'remlparse', 'parse'],
            '... schema, channel, command and phase'
        );
    }
    is_deeply([sort keys %seen], [sort keys %audit_names], 'there are records of every kind');

    unlink $file;
    stream([@audit, 'bad.reml', 'bad.reml']);
    my @records = lines_of(load($file));
    my @ids = map { $_->{audit}{audit_id} }
        lines_of(run(['--format=json', '--json-mode=lines', 'bad.reml', 'bad.reml'])->{err});
    isnt($ids[0], $ids[1], 'two files have two audit ids');
    my %first;
    is_deeply([grep { !$first{$_}++ } map { $_->{envelope}{audit_id} } @records], \@ids,
        '... which are those of a parse without streaming');
    my ($error) = grep { $_->{'event.kind'} eq $errors } map { $_->{envelope}{metadata} } @records;
    same(as_batch($error->{"$errors.diagnostic"}), batch_diagnostic('bad.reml'),
        'the diagnostic is that of a parse without streaming');

    unlink $file;
    stream([@audit, '--no-emit-audit', 'good.reml']);
    ok(!-e $file, '--no-emit-audit switches it off again');
    stream(['--emit-audit', 'good.reml']);
    ok(-s 'audit.jsonl', 'without --audit-dir it is in the current directory');
};

timed '--emit-audit in profile poc' => sub {
    my @arguments = ('--stream-profile=poc', '--emit-audit', '--audit-dir=poc', 'bad.reml');
    my %keys = (
        'parser.stream.pending' =>
            [qw(backpressure_events resume_lineage expected_tokens last_reason resume_hint
                last_checkpoint)],
        $errors => [qw(expected_tokens last_reason resume_hint diagnostic last_checkpoint)],
    );
    stream([@arguments]);
    stream(['--dump-continuation', @arguments]);
    my @lines = split /\n/, load('poc/audit.jsonl') // '';
    my @kinds;
    for my $line (@lines) {
        my $record = decode_json($line);
        my $kind = $record->{category};
        push @kinds, $kind;
        is_deeply([keys_at(1, $line)], [qw(metadata category timestamp)],
            "a record of kind $kind has the form of the reference");
        my @expected = map { "$kind.$_" } @{ $keys{$kind} };
        push @expected, "$errors.resume_lineage"
            if $kind eq $errors && $record->{metadata}{"$errors.resume_lineage"};
        is_deeply([keys_at(2, $line)], [@expected, 'schema.version', 'audit.timestamp'],
            '... and its keys in order');
        is($record->{metadata}{'schema.version'}, '1.1', '... of schema 1.1');
    }
    is_deeply(
        \@kinds,
        [$errors, 'parser.stream.pending', ($errors) x 3],
        'the result gives one for each error, a pause one, and one for what it found'
    );
    my $first = decode_json($lines[0])->{metadata};
    same(as_batch($first->{"$errors.diagnostic"}), batch_diagnostic('bad.reml'),
        'the diagnostic is that of a parse without streaming');
    is($first->{"$errors.resume_hint"}, undef, '... and a result has no demand');
};

# --- signals ---

sub state_of {
    my ($child) = @_;
    my ($state) = (load("/proc/$child/stat") // '') =~ /\) (\S)/;
    return $state // '';
}

# Whether SIGINT is in a set of the process: SigCgt, what it catches, or ShdPnd, what waits for it.
sub has_interrupt {
    my ($set, $child) = @_;
    my ($bits) = (load("/proc/$child/status") // '') =~ /^$set:\s*[0-9a-f]*([0-9a-f]{8})$/m;
    return hex($bits // 0) & 1 << SIGINT - 1;
}

# Waits until the command itself runs and catches SIGINT.
sub wait_for_handlers {
    my ($child) = @_;
    until ((readlink("/proc/$child/exe") // '') eq $command && has_interrupt('SigCgt', $child)) {
        die 'it has ended' if waitpid($child, WNOHANG) != 0;
        sleep 0.01;
    }
}

# Sends a signal to a command that waits. It may have begun to wait just behind the signal, and only
# then is there another one, as the second ends it at once.
sub interrupt {
    my ($child, $signal, %how) = @_;
    wait_for_handlers($child);
    my $ended = qr/^[ZX]?$/;
    until (state_of($child) =~ $ended) {
        sleep 0.01 until state_of($child) =~ /^[SZX]?$/;
        kill $signal, $child;
        for (1 .. 200) {
            last if state_of($child) =~ $ended;
            sleep 0.01;
        }
    }
    return finish($child, %how);
}

sub is_cancelled {
    my ($answer, $code, $name) = @_;
    exits($answer, $code, "$name: exit code $code");
    like($answer->{err}, qr/\A\S+:\d+:\d+: .*\[parser\.stream\.cancelled\]/,
        '... and a diagnostic says so');
}

timed 'Signals while waiting' => sub {
    my %codes = (INT => 130, TERM => 143);
    for my $signal (qw(INT TERM)) {
        mkfifo("nobody$signal", 0600) or die "mkfifo: $!";
        my @arguments = ('-Zstreaming', '--emit=declarations', "nobody$signal", 'good.reml');
        my $answer = interrupt(start($command, \@arguments), $signal);
        is_cancelled($answer, $codes{$signal}, "SIG$signal without a writer");
        is($answer->{out}, '', '... and the next file is not read');
        my $talk = open_stream(['--emit=declarations', "nobody$signal"],
            fifo => "nobody$signal");
        give($talk, "$one fn g() { ");
        my $line = next_line($talk);
        kill $signal, $talk->{child};
        my $printed = rest($talk);
        $answer = finish($talk->{child}, out => $talk->{from});
        is_cancelled($answer, $codes{$signal}, "SIG$signal with a silent writer");
        like($answer->{err}, qr/ 1 \| \Q$one\E fn g\(\) \{ \n/, '... with the last line');
        like($line . $printed, qr/\A\{.*\}\n\z/, '... and the output is complete');
    }
    my $talk = open_stream(['--emit-ast', '--format=json', '--json-mode=lines', '--emit-audit',
        '--audit-dir=ended', '--dump-continuation', '-']);
    give($talk, $one);
    next_line($talk);
    kill 'INT', $talk->{child};
    my $printed = rest($talk);
    my $answer = finish($talk->{child}, out => $talk->{from});
    exits($answer, 130, 'SIGINT with --emit-ast: exit code 130');
    is($printed, '', '... and there is no tree');
    my ($said) = lines_of($answer->{err});
    is_deeply([@$said{qw(severity domain code)}],
        ['error', 'parser', 'parser.stream.cancelled'], '... the diagnostic as JSON');
    is($said->{extensions}{'stream.error'}{kind}, 'UserCancelled', '... says what it was');
    my ($last) = reverse lines_of(load('ended/audit.jsonl') // '');
    is($last->{envelope}{metadata}{'event.kind'}, $errors, '... and the audit log, too');
}, $no_proc;

# A child that writes a text for ever.
sub endless {
    my ($text) = @_;
    pipe my $in, my $to or die "pipe: $!";
    my $many = $text x 1000;
    my $writer = fork // die "fork: $!";
    if (!$writer) {
        close $in;
        1 while syswrite $to, $many;
        POSIX::_exit(0);
    }
    return ($in, $writer);
}

timed 'Signals while there is much to do' => sub {
    my ($in, $writer) = endless("let x = 1\n");
    my $talk = open_stream(['--emit=declarations', '-'], in => $in);
    close $in;
    my $printed = next_line($talk);
    kill 'INT', $talk->{child};
    $printed .= rest($talk);
    my $answer = finish($talk->{child}, out => $talk->{from});
    waitpid $writer, 0;
    is_cancelled($answer, 130, 'SIGINT in an endless stream');
    is(substr($printed, -2), "}\n", '... and the output ends with a whole line');

    save('many.reml', "let x = 1\n" x 10_000);
    $talk = open_stream(['--emit=declarations', 'many.reml'], in => '/dev/null');
    wait_for_handlers($talk->{child});
    sleep 0.01 until state_of($talk->{child}) eq 'S';
    kill 'INT', $talk->{child};
    sleep 0.01 while has_interrupt('ShdPnd', $talk->{child});
    $printed = rest($talk);
    $answer = finish($talk->{child}, out => $talk->{from});
    is_cancelled($answer, 130, 'SIGINT while nobody reads the output');
    is(substr($printed, -2), "}\n", '... and when it is read, it ends with a whole line');
}, $no_proc;

timed 'Signals in profile poc' => sub {
    my $talk = open_stream(['--stream-profile=poc', '--dump-continuation', '-'],
        memory => 1_000_000);
    give($talk, "$one ");
    wait_for_handlers($talk->{child});
    my $answer = interrupt($talk->{child}, 'INT', out => $talk->{from});
    exits($answer, 130, 'SIGINT with a silent writer');
}, $no_proc;

# --- what fails ---

timed 'Input that fails' => sub {
    mkdir 'folder';
    my $folder = stream(['--format=json', '--json-mode=lines', 'folder']);
    exits($folder, 2, 'a directory exits with 2');
    my ($said) = lines_of($folder->{err});
    is($said->{code}, 'parser.stream.io_failed', '... with a diagnostic');
    is($said->{message}, 'Is a directory', '... and the reason');
    is($said->{extensions}{'stream.error'}{cause}{errno}, POSIX::EISDIR(), '... also as errno');
    my $missing = stream(['nowhere.reml', 'bad.reml']);
    exits($missing, 2, 'a missing file exits with 2');
    like($missing->{err},
        qr/\Aremlparse: nowhere\.reml: No such file or directory\nbad\.reml:2:9: /,
        '... with path and reason, and the next file is read');
    my $closed = system 'sh', '-c', '"$1" -Zstreaming - <&- 2>err.txt', 'sh', $command;
    is($closed >> 8, 2, 'a closed standard input exits with 2');
    like(load('err.txt'), qr/parser\.stream\.io_failed/, '... with a diagnostic');

    my $talk = open_stream(['--emit=declarations', '--verbose=0', '-']);
    my $writer = fork // die "fork: $!";
    if (!$writer) {
        give($talk, "$one\nfn g(");
        sleep $patience;
        POSIX::_exit(0);
    }
    close $talk->{to};
    my $line = next_line($talk);
    kill 'KILL', $writer;
    waitpid $writer, 0;
    my $answer = hang_up($talk);
    exits($answer, 1, 'a writer that dies in the middle of a declaration');
    like($line, qr/\A\{.*\}\n\z/, '... what came before it is printed');
    like($answer->{err}, qr/\A<stdin>:2:6: .*構文エラー.*^   2 \| fn g\(\n {12}\^\n/ms,
        '... and the end of the input is a mistake there');
};

timed 'Input that fails in profile poc' => sub {
    mkdir 'folder';
    my $folder = stream(['--stream-profile=poc', 'folder'], memory => 1_000_000);
    exits($folder, 2, 'a directory exits with 2');
    ok($folder->{err} =~ /Is a directory/, '... with the reason');
};

timed 'A mistake ends an endless input' => sub {
    for my $start (")\n", "let a = 1\n)\n", "\$\n") {
        my $talk = open_stream(['-']);
        give($talk, $start);
        1 while give($talk, "let x = 1\n" x 1000);
        exits(hang_up($talk), 1, 'it ends with the mistake: ' . $start =~ s/\n/ /gr);
    }
};

timed 'Output that fails' => sub {
    my $closed = stream(['--emit=declarations', 'good.reml'], closed => 1);
    exits($closed, 2, 'a closed stdout exits with 2');
    is($closed->{err}, "remlparse: standard output: Bad file descriptor\n", '... with a message');
    exits(stream(['good.reml'], closed => 1), 0, '... unless there is nothing to print');

    my $talk = open_stream(['--emit=declarations', '-']);
    give($talk, $one);
    like(next_line($talk), qr/\n\z/, 'a reader reads one line');
    close $talk->{from};
    1 while give($talk, "$two\n");
    close $talk->{to};
    my $answer = finish($talk->{child}, out => '/dev/null');
    exits($answer, 2, '... and goes away: exit code 2');
    is($answer->{err}, "remlparse: standard output: Broken pipe\n", '... with one message');
  SKIP: {
        skip $no_full, 7 if $no_full;
        for my $arguments (['--emit=declarations'], ['--emit-ast'], ['--dump-continuation']) {
            my $full = stream([@$arguments, 'good.reml', 'good.reml'], out => '/dev/full');
            exits($full, 2, "@$arguments on a full disk exits with 2");
            is($full->{err}, "remlparse: standard output: No space left on device\n",
                '... with one message');
        }
        exits(stream(['bad.reml'], err => '/dev/full'), 2, 'a full disk under stderr likewise');
    }
};

# Nobody would see what the rest of the parse says.
for my $arguments (['--emit=declarations'], ['--dump-continuation']) {
    timed "Output that fails ends the parse at once: @$arguments" => sub {
        pipe my $in, my $to or die "pipe: $!";
        my $child = start($command, ['-Zstreaming', @$arguments, '-'], in => $in,
            out => '/dev/full', ($sanitized ? () : (memory => 1_000_000)));
        close $in;
        give({ to => $to }, "$one\n");
        my $answer = finish($child, out => '/dev/full');
        exits($answer, 2, 'exit code 2, though the writer goes on');
        is($answer->{err}, "remlparse: standard output: No space left on device\n",
            '... with one message');
    }, $no_full;
}

timed 'Audit logs that fail' => sub {
    my @arguments = ('--emit-ast', '--emit-audit', '--audit-dir');
    my $tree = run(['--emit-ast', 'good.reml'])->{out};
  SKIP: {
        skip $no_full, 5 if $no_full;
        mkdir 'full';
        symlink '/dev/full', 'full/audit.jsonl' or die "symlink: $!";
        my $answer = stream([@arguments, 'full', 'good.reml']);
        exits($answer, 2, 'a full disk exits with 2');
        like($answer->{err}, qr/\Aremlparse: .*audit\.jsonl: No space left on device\n\z/,
            '... with one message');
        is($answer->{out}, $tree, '... and the tree is printed all the same');
        my $rejected = stream(['--verbose=0', @arguments, 'full', 'bad.reml']);
        exits($rejected, 2, 'a mistake with a full disk exits with 2');
        like($rejected->{err}, qr/^bad\.reml:2:9: /m, '... and is reported all the same');
    }
    my $barred = stream([@arguments, 'good.reml/folder', 'good.reml']);
    exits($barred, 2, 'a directory that cannot be made exits with 2');
    like($barred->{err}, qr/\Aremlparse: .*audit\.jsonl: Not a directory\n\z/,
        '... with one message');
    is($barred->{out}, $tree, '... and the tree is printed all the same');
};

timed 'Options that are refused' => sub {
    my $integer = 'には 0 以上の整数を指定してください（入力値: ';
    for my $row (
        ['--stream-flow-throttle=2', 'Warning: --stream-flow-throttle には 0.0〜1.0 の範囲で'],
        ['--stream-flow-throttle=x', 'Warning: --stream-flow-throttle には 0.0〜1.0 の数値を'],
        ['--stream-flow-max-lag=-1', "Warning: --stream-flow-max-lag ${integer}-1）。\n"],
        ['--stream-flow-debounce-ms=x', "Warning: --stream-flow-debounce-ms ${integer}x）。\n"],
        ['--stream-demand-min=-4', "Warning: --stream-demand-min ${integer}-4）。\n"],
        ['--stream-chunk-size=big', "Warning: --stream-chunk-size ${integer}big）。\n"],
        ['--stream-flow=fast', 'Warning: --stream-flow には manual または auto を'],
        ['--stream-profile=new', "Warning: unknown stream profile 'new', using 'spec'\n"],
        ['--emit=all', "Warning: unknown emit 'all', using 'none'\n"],
      )
    {
        my ($option, $warning) = @$row;
        my $answer = stream([$option, '--emit-ast', 'good.reml']);
        exits($answer, 0, "$option is not fatal");
        like($answer->{err}, qr/\A\Q$warning\E[^\n]*\n?\z/, '... but gives a warning');
        is($answer->{out}, "let x = int(1:base10)\n", '... and the parse goes on');
    }
    for my $arguments (['--emit=declarations', '--emit-ast'],
        ['--emit=declarations', '--emit-ast-json'], ['--emit=declarations', '--emit-source'],
        ['--emit-tokens'])
    {
        my $answer = stream([@$arguments, 'good.reml']);
        exits($answer, 1, "@$arguments cannot be streamed");
        like($answer->{err}, qr/\Aremlparse: options? '--streaming.*\nUsage: /,
            '... with a message');
        is($answer->{out}, '', '... and nothing on stdout');
        exits(run([@$arguments, 'good.reml']), 0, '... but without streaming it works');
    }
    for my $size (0, 1, 1 << 40) {
        exits(stream(["--stream-chunk-size=$size", "$samples/inventory.reml"]), 0,
            "a chunk size of $size is usable");
    }
};

timed 'Flow control' => sub {
    save('wide.reml', 'let s = "', 'a' x 70_000, "\"\n");
    my @json = ('--format=json', '--json-mode=lines', 'wide.reml');
    for my $stage ([], ['--effect-stage=experimental'], ['--effect-stage= ']) {
        my $answer = stream(['--stream-flow=auto', @$stage, @json]);
        exits($answer, 1, "a token over the high watermark with policy auto is refused (@$stage)");
        is_deeply(
            [map { @{ $_->{codes} // [] } } lines_of($answer->{err})],
            ['bridge.stage.backpressure', 'effects.contract.stage_mismatch'],
            '... with both codes'
        );
    }
    for my $options (['--stream-flow=auto', '--effect-stage=beta'],
        ['--stream-flow=auto', '--effect-stage=Stable'], ['--stream-flow=manual'], [],
        ['--stream-flow=auto', '--stream-profile=poc'],
        ['--stream-flow=auto', '--effect-stage=beta', '--stream-flow-max-lag=10',
            '--stream-flow-throttle=0.5', '--stream-flow-debounce-ms=1'])
    {
        my $answer = stream([@$options, @json]);
        exits($answer, 0, "it is accepted with @{[@$options ? \"@$options\" : 'no policy']}");
    }
    my $report = report_of('-Zstreaming', '--stream-flow=auto', '--effect-stage=beta', 'wide.reml');
    cmp_ok($report->{stream_meta}{backpressure_events}, '>', 0, 'the pauses are counted');
    is($report->{stream_meta}{backpressure_policy}, 'auto', '... with their policy');
    my $lag = stream(['--stream-flow=auto', '--stream-flow-max-lag=8', '--stream-chunk-size=4',
        "$samples/inventory.reml"]);
    exits($lag, 1, 'a lag over --stream-flow-max-lag is refused likewise');
    like($lag->{err}, qr/bridge\.stage\.backpressure/, '... with its code');
};

# --- bounds ---

timed 'Declarations of a stream take no memory' => sub {
    my $pad = 'x' x 400;
    my $block = join '', map {
        "/* $pad */\nfn f#_$_(a: Int) -> Int = a * $_ // $pad\nlet s#_$_ = \"$pad\"\n"
    } 1 .. 50;
    pipe my $in, my $to or die "pipe: $!";
    my $child = start($command, ['-Zstreaming', '--emit=declarations', '-'], in => $in,
        out => '/dev/null', memory => 262_144);
    close $in;
    my ($given, $number) = (0, 0);
    while ($given < 100_000_000) {
        $number++;
        my $text = $block =~ s/#/$number/gr;
        give({ to => $to }, $text) or last;
        $given += length $text;
    }
    cmp_ok($given, '>=', 100_000_000, '100 MB of declarations are read');
    my ($most) = load("/proc/$child/status") =~ /^VmHWM:\s*(\d+) kB/m;
    close $to;
    exits(finish($child, out => '/dev/null'), 0, '... and accepted');
    cmp_ok($most, '<', 65_536, '... within 64 MiB');
}, $sanitized ? 'sanitizers need memory of their own' : $no_proc;

# --- progress ---

# The command under script(1), whose output is what a terminal shows. `$shell` are redirections.
sub on_terminal {
    my ($shell, @words) = @_;
    my $line = join ' ', map({ "'$_'" } $command, '-Zstreaming', @words), $shell;
    return attach('script', ['-qefc', $line, '/dev/null'], in => '/dev/null');
}

# Gives declarations until the terminal shows a count of them.
sub give_until_counted {
    my ($terminal) = @_;
    until ($terminal->{unread} =~ /: [1-9][0-9]+ bytes, [1-9]/) {
        give($terminal, "$one\n");
        my $watched = '';
        vec($watched, fileno $terminal->{from}, 1) = 1;
        next if !select $watched, undef, undef, 0.02;
        more($terminal) or return;
    }
}

timed 'Progress' => sub {
    my $file = "fi\e[31mfo";
    mkfifo($_, 0600) or die "mkfifo: $!" for 'fifo', $file;
    my $talk = open_stream(['--emit=declarations', 'fifo'], fifo => 'fifo');
    for my $number (1 .. 5) {
        give($talk, $one);
        next_line($talk);
    }
    is(hang_up($talk)->{err}, '', 'in a file there is none');
  SKIP: {
        skip 'script(1) is not there', 10 if system('script --version >/dev/null 2>&1') != 0;
        for my $row (['> printed.txt', 'fifo'], ['', $file]) {
            my ($shell, $name) = @$row;
            my $terminal = on_terminal($shell, '--emit=declarations', $name);
            open $terminal->{to}, '>', $name or die "$name: $!";
            give_until_counted($terminal);
            like($terminal->{unread}, qr/\r\S+: [1-9][0-9]+ bytes, [1-9][0-9]* declarations?/,
                'on a terminal bytes and declarations are counted');
            my $answer = hang_up($terminal);
            my $shown = $answer->{out};
            exits($answer, 0, '... until the end');
            ok($shown =~ /(?:\r\e\[K|\n)\z/, '... when the line is cleared');
            if ($shell) {
                ok($shown !~ /"decl"/, '... what is printed elsewhere is not on the terminal');
                ok(load('printed.txt') !~ /\r|bytes/, '... and the other way round');
                next;
            }
            ok($shown !~ /\e\[31m/, '... a file name cannot write to the terminal');
            my @before = $shown =~ /^(.*?)\{"attrs"/mg;
            my ($shared) = grep { !/(?:\A|\r\e\[K)\z/ } @before;
            is($shared, undef, '... and no declaration is in the line of the counts');
        }
    }
};

timed 'An empty name of a directory' => sub {
    exits(run(['-Zstreaming', '--emit-audit', '--audit-dir=', 'good.reml']), 0, 'is accepted');
    ok(unlink('audit.jsonl'), '... for the current one, and not for /');
};

timed 'What ended a stream is told, and not what came first' => sub {
    save('long.reml', 'let x = "' . 'a' x 70_000 . "\"\n");
    my $answer = run(['-Zstreaming', '--stream-flow=auto', '--packrat', 'long.reml']);
    exits($answer, 1, 'a pause that the bridge refuses');
    like($answer->{err}, qr/\A\S+ .*\[bridge\.stage\.backpressure\]/, '... is the diagnostic');
};

done_testing();
