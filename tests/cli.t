#!/usr/bin/env perl
# The command line of remlparse (contract diagnostics-json.md section 10).
# The binary is $REML_BUILD/remlparse, by default build/remlparse.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use lib $FindBin::Bin;
use Program;
use JSON::PP qw(decode_json);

my $build = abs_path($ENV{REML_BUILD} // 'build');
my $command = "$build/remlparse";
my $samples = "$FindBin::Bin/samples";
my $manual = "$FindBin::Bin/../driver/remlparse.1";
-x $command or BAIL_OUT("$command is not there");
-e "$samples/mistake.reml" or BAIL_OUT("$samples is incomplete");

isolate();

save('good.reml', "let x = 1\n");
save('bad.reml', "let a = 1\nlet x = )\n");
save('effect.reml', "let x = perform Log.info(1)\n");
mkdir 'folder';

sub run { return run_program($command, @_) }

# What the run configuration in the parse-debug report says after these arguments.
sub run_config {
    my @arguments = @_;
    run([@arguments, '--emit-parse-debug', 'config.json', 'good.reml']);
    my $text = load('config.json');
    unlink 'config.json';
    return $text ? decode_json($text)->{parser_run_config} : {};
}

sub warns {
    my ($arguments, $sentence, $name) = @_;
    my $answer = run([@$arguments, 'good.reml']);
    is($answer->{err}, "$sentence\n", $name);
    exits($answer, 0, "... and is not fatal");
}

subtest 'Success is silent and exits with 0' => sub {
    my $answer = run(['good.reml']);
    exits($answer, 0, 'an accepted file exits with 0');
    is($answer->{out} . $answer->{err}, '', 'an accepted file gives no output');
    exits(run(["$samples/inventory.reml"]), 0, 'the sample inventory.reml is accepted');
    my $warned = run(['--packrat', '--left-recursion', 'on', 'good.reml']);
    is($warned->{err}, '', 'warnings of the parse are not printed on success');
};

subtest 'Failure prints one diagnostic on stderr and exits with 1' => sub {
    my $answer = run(['bad.reml']);
    exits($answer, 1, 'a rejected file exits with 1');
    is($answer->{out}, '', 'stdout stays empty');
    like($answer->{err}, qr/^bad\.reml:2:9: /, 'the diagnostic begins with file, line and column');
    like($answer->{err}, qr/^ +2 \| let x = \)\n {15}\^$/m, 'the snippet shows line and caret');
    my $mistake = run(["$samples/mistake.reml"]);
    exits($mistake, 1, 'the sample mistake.reml is rejected');
    like($mistake->{err}, qr/mistake\.reml:11:16: /, '... at its mistake');
};

subtest 'Option errors exit with 1' => sub {
    my $none = run([]);
    exits($none, 1, 'a missing FILE exits with 1');
    is($none->{err}, "Error: no input file\n", 'a missing FILE gives the sentence of the contract');
    for my $unknown ('--nonsense', '--stream', '-q', '-Zother', '--emit-as', '--verb=1') {
        my $answer = run([$unknown, 'good.reml']);
        exits($answer, 1, "unknown option $unknown exits with 1");
        like($answer->{err}, qr/^remlparse: unknown option '\Q$unknown\E'\nUsage: /,
            '... with a message and the usage');
    }
    my $bare = run(['good.reml', '--format']);
    exits($bare, 1, 'an option without its argument exits with 1');
    like($bare->{err}, qr/^remlparse: option '--format' needs an argument\nUsage: /,
        '... with a message and the usage');
    my $extra = run(['--trace=yes', 'good.reml']);
    exits($extra, 1, 'an argument to an option without one exits with 1');
    like($extra->{err},
        qr/^remlparse: option '--trace=yes' has an argument but takes none\nUsage: /,
        '... with a message and the usage');
};

subtest '--help and --version' => sub {
    my $help = run(['--help']);
    exits($help, 0, '--help exits with 0');
    like($help->{out}, qr/^Usage: remlparse \[options\] FILE\.\.\.\n/, '--help prints on stdout');
    my $version = run(['--version']);
    exits($version, 0, '--version exits with 0');
    like($version->{out}, qr/^remlparse \d+\.\d+\.\d+\n\z/, '--version prints on stdout');
    my $page = load($manual) // '';
    $page =~ s/\\-/-/g;
    $page =~ s/\\~/ /g;
    my @options = $help->{out} =~ /^  (--[a-z-]+)/mg;
    cmp_ok(scalar @options, '>', 30, '--help lists the options');
    like($page, qr/\Q$_\E\b(?!-)/, "the manual page describes $_") for @options;
    cmp_ok((sort { $b <=> $a } map { length } split /\n/, $help->{out})[0], '<=', 100,
        'no line of --help is over 100 columns');
};

subtest 'Trees and tokens on stdout' => sub {
    is(run(['--emit-ast', 'good.reml'])->{out}, "let x = int(1:base10)\n",
        '--emit-ast prints the tree as text and LF');
    my $json = run(['--emit-ast-json', 'good.reml'])->{out};
    like($json, qr/^\{.*\}\n\z/, '--emit-ast-json prints one line');
    is(ref decode_json($json), 'HASH', '... which is JSON');
    my $tokens = run(['--emit-tokens', 'good.reml'])->{out};
    like($tokens, qr/^\[.*\]\n\z/, '--emit-tokens prints one line');
    is(decode_json($tokens)->[-1][0], 'EOF', '... which is JSON and ends with EOF');
    my $rejected = run(['--emit-tokens', '--emit-ast', '--emit-ast-json', 'bad.reml']);
    like($rejected->{out}, qr/^\[\[[^\n]*\]\]\n\z/, 'a rejected file has tokens, but no tree');
    exits($rejected, 1, '... and exits with 1');
    my $all = run(['--emit-ast', '--emit-ast-json', '--emit-tokens', 'good.reml'])->{out};
    like($all, qr/^\[.*\]\n\{.*\}\nlet x = /, 'tokens come first, then JSON, then text');
    is(run(['--emit-ast', 'good.reml', 'good.reml'])->{out}, "let x = int(1:base10)\n" x 2,
        'the trees of several files follow each other');
};

subtest 'Several files' => sub {
    my $two = run(['bad.reml', 'good.reml', "$samples/mistake.reml"]);
    exits($two, 1, 'a rejected file among accepted ones exits with 1');
    like($two->{err}, qr/^bad\.reml:2:9: .*^\S*mistake\.reml:11:16: /ms,
        'each is reported in order');
    my $worst = run(['nowhere.reml', 'bad.reml', 'good.reml']);
    exits($worst, 2, 'the worst exit code wins');
    like($worst->{err}, qr/^remlparse: nowhere\.reml: No such file or directory\nbad\.reml:2:9: /,
        'a file that cannot be read does not stop the others');
    exits(run(['good.reml', '--trace', 'good.reml']), 0, 'options may stand between files');
    exits(run(['--', 'good.reml']), 0, '-- ends the options');
};

subtest 'Standard input' => sub {
    exits(run(['-'], in => 'good.reml'), 0, '- is standard input');
    like(run(['-'], in => 'bad.reml')->{err}, qr/^<stdin>:2:9: /, 'it is shown as <stdin>');
    exits(run(['-'], in => '/dev/null'), 0, 'an empty input is accepted');
};

subtest 'Files that cannot be read exit with 2' => sub {
    my $missing = run(['nowhere.reml']);
    exits($missing, 2, 'a missing file exits with 2');
    is($missing->{err}, "remlparse: nowhere.reml: No such file or directory\n",
        '... with path and reason');
    my $folder = run(['folder']);
    exits($folder, 2, 'a directory exits with 2');
    is($folder->{err}, "remlparse: folder: Is a directory\n", '... with path and reason');
  SKIP: {
        skip 'permission bits do not stop root', 2 if $> == 0;
        save('secret.reml', "let x = 1\n");
        chmod 0, 'secret.reml';
        my $secret = run(['secret.reml']);
        exits($secret, 2, 'an unreadable file exits with 2');
        is($secret->{err}, "remlparse: secret.reml: Permission denied\n",
            '... with path and reason');
    }
  SKIP: {
        skip 'there is no /proc/self/mem', 2 unless -e '/proc/self/mem';
        my $broken = run(['/proc/self/mem']);
        exits($broken, 2, 'a read error exits with 2');
        like($broken->{err}, qr{^remlparse: /proc/self/mem: \w}, '... with path and reason');
    }
};

subtest 'Output that cannot be written exits with 2' => sub {
    save('big.reml', "let value = 12345\n" x 20_000);
    pipe my $reader, my $writer or die $!;
    close $reader;
    my $pipe = run(['--emit-ast', 'big.reml', 'good.reml'], out => $writer);
    exits($pipe, 2, 'a closed pipe exits with 2 and not by a signal');
    is($pipe->{err}, "remlparse: standard output: Broken pipe\n", '... with one message');
  SKIP: {
        skip 'there is no /dev/full', 6 unless -w '/dev/full';
        for my $arguments (['--emit-ast', 'good.reml'], ['--emit-tokens', 'big.reml'], ['--help']) {
            my $full = run($arguments, out => '/dev/full');
            exits($full, 2, "a full disk exits with 2 (@$arguments)");
            is($full->{err}, "remlparse: standard output: No space left on device\n",
                '... with one message');
        }
        exits(run(['bad.reml'], err => '/dev/full'), 2, 'a full disk under stderr exits with 2');
    }
    exits(run(['--emit-ast', 'good.reml'], closed => 1), 2, 'a closed stdout exits with 2');
    exits(run(['good.reml'], closed => 1), 0, '... unless there is nothing to print');
};

subtest '--format and --json-mode' => sub {
    my @json = ('--format', 'json', 'bad.reml');
    my $pretty = run([@json]);
    exits($pretty, 1, '--format json exits as text does');
    is(decode_json($pretty->{err})->{diagnostics}[0]{severity}, 'error', 'pretty is JSON');
    like($pretty->{err}, qr/\A\{\n  "diagnostics"/, '... indented, and the default');
    my $compact = run(['--json-mode=compact', @json])->{err};
    like($compact, qr/\A[^\n]+\n\z/, 'compact is one line');
    is(scalar @{ decode_json($compact)->{diagnostics} }, 1, '... of JSON, with one diagnostic');
    my $lines = run(['--json-mode', 'lines', @json, 'bad.reml'])->{err};
    my @objects = map { decode_json($_) } split /\n/, $lines;
    is(scalar @objects, 2, 'lines gives one line per rejected file');
    is($objects[1]{severity}, 'error', '... with the bare diagnostic');
    warns(['--format', 'xml'], "Warning: unknown format 'xml', using 'text'",
        'an unknown format gives a warning');
    warns(['--json-mode', 'wide'], "Warning: unknown json mode 'wide', using 'pretty'",
        'an unknown json mode gives a warning');
    like(run(['--format', 'xml', 'bad.reml'])->{err}, qr/^bad\.reml:2:9: /m,
        '... and text is used');
};

subtest '--no-snippet' => sub {
    my $answer = run(['--no-snippet', 'bad.reml']);
    like($answer->{err}, qr/^bad\.reml:2:9: /, 'the first line stays');
    unlike($answer->{err}, qr/^ +\d+ \| /m, 'the source lines are gone');
};

# The stderr of the command on a terminal, or undef without script(1).
sub on_terminal {
    my ($environment, @arguments) = @_;
    return undef if system('script --version >/dev/null 2>&1') != 0;
    local @ENV{ keys %$environment } = values %$environment;
    return scalar qx(script -qec "$command @arguments bad.reml" /dev/null </dev/null);
}

subtest '--color and NO_COLOR' => sub {
    like(run(['--color', 'always', 'bad.reml'])->{err}, qr/\e\[/, 'always colors into a file');
    like(run(['--color', 'always', 'bad.reml'], env => { NO_COLOR => 1 })->{err}, qr/\e\[/,
        'always beats NO_COLOR');
    unlike(run(['--color', 'never', 'bad.reml'])->{err}, qr/\e/, 'never prints no ESC');
    unlike(run(['bad.reml'])->{err}, qr/\e/, 'auto does not color into a file');
    warns(['--color', 'pink'], "Warning: unknown color mode 'pink', using 'auto'",
        'an unknown color mode gives a warning');
  SKIP: {
        my $shown = on_terminal({ TERM => 'xterm' });
        skip 'script(1) is not there', 5 unless defined $shown;
        like($shown, qr/\e\[/, 'auto colors on a terminal');
        unlike(on_terminal({ TERM => 'xterm', NO_COLOR => 1 }), qr/\e/,
            '... but not with NO_COLOR');
        like(on_terminal({ TERM => 'xterm', NO_COLOR => '' }), qr/\e\[/, '... unless it is empty');
        unlike(on_terminal({ TERM => 'dumb' }), qr/\e/, '... and not on a dumb terminal');
        unlike(on_terminal({ TERM => 'xterm' }, '--color', 'never'), qr/\e/, '... or with never');
    }
};

subtest 'Effects need the switch' => sub {
    exits(run(['effect.reml']), 1, 'effect syntax is rejected without the switch');
    exits(run(['--experimental-effects', 'effect.reml']), 0, '--experimental-effects accepts it');
    exits(run(['-Zalgebraic-effects', 'effect.reml']), 0, '-Zalgebraic-effects accepts it');
};

subtest 'The run configuration' => sub {
    my $plain = run_config();
    is($plain->{legacy_result}, JSON::PP::true, 'legacy_result is on');
    my %config = %{ $plain->{extensions}{config} // {} };
    delete $config{trivia};    # written back by the parse
    is_deeply(
        \%config,
        {
            source => 'cli', require_eof => JSON::PP::false, packrat => JSON::PP::false,
            left_recursion => 'auto', trace => JSON::PP::false, merge_warnings => JSON::PP::true,
            experimental_effects => JSON::PP::false, legacy_result => JSON::PP::true
        },
        'the namespace config says what the options say'
    );
    is($plain->{extensions}{lex}{profile}, 'strict_json', 'lex.profile is strict_json');
    is($plain->{extensions}{effects}{type_row_mode}, 'ty-integrated',
        'effects.type_row_mode is set');
    ok(!exists $plain->{extensions}{stream}, 'no stream key is set');
    for my $row (['trace', 1], ['require-eof', 1], ['packrat', 1], ['no-merge-warnings', 0],
        ['experimental-effects', 1])
    {
        my ($option, $expected) = @$row;
        (my $key = $option) =~ s/^no-//;
        $key =~ tr/-/_/;
        my $set = run_config("--$option");
        is(!!$set->{$key}, !!$expected, "--$option sets $key");
        is(!!$set->{extensions}{config}{$key}, !!$expected, "... and config.$key");
    }
    for my $mode (qw(off on auto)) {
        my $set = run_config('--left-recursion', $mode);
        is($set->{left_recursion}, $mode, "--left-recursion $mode sets left_recursion");
        is($set->{extensions}{config}{left_recursion}, $mode, '... and config.left_recursion');
    }
    warns(['--left-recursion', 'maybe'],
        "Warning: unknown left recursion mode 'maybe', using 'auto'",
        'an unknown left recursion mode gives a warning');
};

subtest 'Lexer profiles' => sub {
    save('hash.reml', "# comment\nlet x = 1\n");
    save('kana.reml', "let \xe3\x81\x82 = 1\n");
    exits(run(['hash.reml']), 1, 'strict_json has no # comments');
    exits(run(['--lex-profile', 'toml_relaxed', 'hash.reml']), 0, '--lex-profile toml_relaxed has');
    exits(run(['kana.reml']), 0, 'the unicode profile accepts kana');
    exits(run(['--lex-identifier-profile', 'ascii', 'kana.reml']), 1,
        '--lex-identifier-profile ascii rejects kana');
};

subtest 'Options that only fill the run configuration' => sub {
    for my $row (
        ['stream-checkpoint', ' here ', 'stream', 'checkpoint', 'here'],
        ['stream-resume-hint', 'later', 'stream', 'resume_hint', 'later'],
        ['stream-demand-min', '16', 'stream', 'demand_min_bytes', 16],
        ['stream-demand-min-bytes', '0x10', 'stream', 'demand_min_bytes', 16],
        ['stream-demand-preferred', '1_000', 'stream', 'demand_preferred_bytes', 1000],
        ['stream-demand-preferred-bytes', '0', 'stream', 'demand_preferred_bytes', 0],
        ['stream-chunk-size', '4096', 'stream', 'chunk_size', 4096],
        ['stream-flow', 'auto', 'stream', 'flow_policy', 'auto'],
        ['stream-flow-policy', 'manual', 'stream', 'flow_policy', 'manual'],
        ['stream-flow-max-lag', '5', 'stream', 'flow_max_lag_bytes', 5],
        ['stream-flow-debounce-ms', '7', 'stream', 'flow_debounce_ms', 7],
        ['stream-flow-throttle', '0.25', 'stream', 'flow_throttle_ratio', 0.25],
        ['effect-stage', 'beta', 'effects', 'stage', 'beta'],
        ['runtime-capabilities', 'caps.json', 'effects', 'registry_path', 'caps.json'],
        ['lex-profile', 'json_relaxed', 'lex', 'profile', 'json_relaxed'],
        ['lex-identifier-profile', 'ascii', 'lex', 'identifier_profile', 'ascii-compat'],
      )
    {
        my ($option, $value, $space, $key, $expected) = @$row;
        is(run_config("--$option", $value)->{extensions}{$space}{$key}, $expected,
            "--$option sets $space.$key");
    }
    ok(!exists run_config('--stream-checkpoint', ' ')->{extensions}{stream},
        'a blank --stream-checkpoint is unset');
    my $repeated = run_config('--stream-chunk-size=8', '--stream-chunk-size=9');
    is($repeated->{extensions}{stream}{chunk_size}, 9, 'of a repeated option the last one counts');
};

subtest 'Values that are refused give a warning' => sub {
    my $integer = 'には 0 以上の整数を指定してください（入力値: ';
    for my $option (qw(stream-demand-min stream-demand-min-bytes stream-demand-preferred
        stream-demand-preferred-bytes stream-chunk-size stream-flow-max-lag
        stream-flow-debounce-ms))
    {
        for my $value ('-1', 'many', '') {
            warns(["--$option", $value], "Warning: --$option ${integer}$value）。",
                "--$option '$value' gives a warning");
        }
        ok(!exists run_config("--$option", 'x')->{extensions}{stream}, '... and stays unset');
    }
    for my $option (qw(stream-flow stream-flow-policy)) {
        warns(["--$option", 'fast'],
            'Warning: --stream-flow には manual または auto を指定してください（入力値: fast）。',
            "--$option fast gives a warning");
    }
    warns(['--stream-flow-throttle', '1.5'],
        'Warning: --stream-flow-throttle には 0.0〜1.0 の範囲で数値を指定してください（入力値: 1.5）。',
        'a throttle out of range gives a warning');
    for my $value ('nan', 'inf', 'half', '') {
        warns(['--stream-flow-throttle', $value],
            "Warning: --stream-flow-throttle には 0.0〜1.0 の数値を指定してください（入力値: $value）。",
            "a throttle '$value' that is not a finite number gives a warning");
    }
    warns(['--stream-profile', 'x'], "Warning: unknown stream profile 'x', using 'spec'",
        'an unknown stream profile gives a warning');
};

subtest 'Options that are accepted without effect' => sub {
    for my $arguments (['--dump-continuation'], ['--emit-audit'], ['--no-emit-audit'],
        ['--audit-dir', 'a'], ['--audit-store', 'b'], ['--audit-level', 'c'],
        ['--verbose', '2'], ['--verbose', '-7'], ['--verbose=9'],
        ['--stream-profile', 'poc'], ['--stream-profile', 'spec'])
    {
        my $answer = run([@$arguments, 'good.reml']);
        exits($answer, 0, "@$arguments is accepted");
        is($answer->{out} . $answer->{err}, '', '... in silence');
    }
};

subtest '--verbose' => sub {
    my $long = run(['bad.reml'])->{err};
    like($long, qr/^拡張\[recover\]: .*^監査: \{.*^タイムスタンプ: 1970/ms,
        'by default text diagnostics end with extensions and audit data');
    my ($short) = $long =~ /\A(.*?)^拡張/ms;
    is(run(['--verbose', '0', 'bad.reml'])->{err}, $short, '0 leaves exactly those out');
};

subtest '--emit-parse-debug' => sub {
    exits(run(['--emit-parse-debug', 'made/for/it.json', 'good.reml']), 0, 'an accepted file');
    my $good = decode_json(load('made/for/it.json') // '{}');
    is($good->{input}, 'good.reml', 'directories are made, and the report names the input');
    is($good->{parse_result}{has_value}, JSON::PP::true, '... and says that there is a value');
    exits(run(['--emit-parse-debug', 'made/for/it.json', 'bad.reml']), 1, 'a rejected file');
    my $bad = decode_json(load('made/for/it.json'));
    is($bad->{parse_result}{has_value}, JSON::PP::false, 'a failure is reported, in a new file');
    run(['--emit-parse-debug', 'both.json', 'good.reml', 'bad.reml']);
    my @inputs = (load('both.json') // '') =~ /"input": ?"([^"]*)"/g;
    is_deeply(\@inputs, ['good.reml', 'bad.reml'],
        'the reports of several files follow each other');
    my $lost = run(['--emit-parse-debug', 'good.reml/x.json', 'good.reml']);
    is($lost->{err}, "[parse-debug] failed to write good.reml/x.json (Not a directory)\n",
        'a report that cannot be written gives the sentence of the contract');
    exits($lost, 0, '... and is not fatal');
    my $full = run(['--emit-parse-debug', '/dev/full', 'good.reml']);
    is($full->{err}, "[parse-debug] failed to write /dev/full (No space left on device)\n",
        'a full disk likewise');
};

subtest 'Long lines' => sub {
    save('wide.reml', 'let x = ' . ('(' x 100_000) . "] + 1\n");
    my $wide = run(['--verbose', '0', 'wide.reml'])->{err};
    my ($shown, $caret) = $wide =~ /^   1 \| (.*)\n(.*)\n/m;
    like($shown, qr/^…\(+\] \+ 1$/, 'of a line over 64 KiB only the place of the mistake is shown');
    my $before = index($shown, ']') - (length('…') - 1);    # the ellipsis fills one column
    is($caret, (' ' x (7 + $before)) . '^', '... with the caret under it');
    save('wide.reml', 'let x = ' . ('(' x 60_000) . "]\n");
    like(run(['wide.reml'])->{err}, qr/^   1 \| let x = \({30000}\({30000}\]$/m,
        'a shorter one is shown whole');
};

subtest 'Input in many pieces' => sub {
    save('long.reml', ("let value = 12345\n" x 50_000) . "let x = )\n");
    like(run(['long.reml'])->{err}, qr/^long\.reml:50001:9: .*^50001 \| let x = \)$/ms,
        'a late mistake in a big file is found and shown');
};

done_testing();
