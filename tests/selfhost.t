#!/usr/bin/env perl
# The self-host stages (gates.md section 5): what remlparse says of itself, the tables that are made
# of that, and the gates, which notice what is wrong with any of it. What was built is in
# $REML_BUILD, by default build; the stages are built here, without optimization, from a copy of
# the tree. Gate S7 builds the component four more times: make selfhost does that.
#
# Arguments choose subtests by a part of their names.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use JSON::PP qw(decode_json);
use lib $FindBin::Bin;
use Program;

plan skip_all => 'the usual build takes the same sources' if length($ENV{REML_SANITIZE} // '');

my $source = abs_path("$FindBin::Bin/..");
my $remlparse = abs_path(($ENV{REML_BUILD} // 'build') . '/remlparse');
defined $remlparse && -x $remlparse or BAIL_OUT('remlparse is not there');
my $work = isolate();

my @tables = qw(driver/config_keys.def driver/diagnostics.def grammar/reml_nodes.def
    lexer/reml_tokens.def lexer/reml_xid.def streaming/problems.def);

chosen 'The inventory' => sub {
    my $answer = run_program($remlparse, ['--emit-inventory']);
    exits($answer, 0, '--emit-inventory needs no file');
    is($answer->{out}, load("$source/bootstrap/inventory.reml"),
        '... and prints what is committed (else: make tables)');
    save('inventory.reml', $answer->{out});
    is_deeply(run_program($remlparse, ['inventory.reml']), {code => 0, out => '', err => ''},
        'it is a program without a mistake');
    is(run_program($remlparse, ['--emit-inventory'], closed => 1)->{code}, 2,
        'a closed standard output exits with 2');
};

chosen 'Canonical source' => sub {
    save('odd.reml', "fn f ( ) {\n { ( a ) } ; // comment\n}\nlet x=((1+2))*3\n");
    my $once = run_program($remlparse, ['--emit-source', 'odd.reml']);
    exits($once, 0, '--emit-source prints an accepted file');
    save('canonical.reml', $once->{out});
    is_deeply(run_program($remlparse, ['--emit-source', 'canonical.reml']), $once,
        '... so that printing that again changes nothing');
    save('bad.reml', "let x =\n");
    is(run_program($remlparse, ['--emit-source', 'bad.reml'])->{out}, '',
        '... and nothing of a rejected one');
    is(run_program($remlparse, ['--emit-source', '-'])->{out}, '', 'an empty file stays empty');
    my @endless = qw(-Zstreaming --emit declarations);
    exits(run_program($remlparse, [@endless, '--emit-source', 'odd.reml']), 1,
        'a stream that keeps no tree cannot print it');
};

# What the generator says to a tree, given as JSON; the tables are written below the current folder.
sub generate {
    my ($tree) = @_;
    mkdir $_ for qw(driver grammar lexer streaming);
    save('tree.json', $tree);
    return run_program('python3', ["$source/bootstrap/tables.py", '.'], in => 'tree.json');
}

chosen 'The generator' => sub {
    my $tree = run_program($remlparse, ['--emit-ast-json', "$source/bootstrap/inventory.reml"]);
    my $answer = generate($tree->{out});
    exits($answer, 0, 'it takes the tree of the inventory');
    is(load($_), load("$source/$_"), "$_ is what it writes (else: make tables)") for @tables;
    for my $bad ('', 'null', '[]', '{}', '{"decls":[1]}', '{"decls":[]}', '[' x 100_000) {
        $answer = generate($bad);
        exits($answer, 1, 'no tree: ' . substr $bad, 0, 20);
        like($answer->{err}, qr/\Atables\.py: .+\n\z/, '... is refused in a line');
    }
    for my $row (
        ['let tokens = f(1)', qr/Call/],
        ['let tokens = [{ name: 1 }]', qr/a row of tokens has other members/],
        ['let tokens = [{ name: "A", text: "a", category: "KEYWORD", label: "b" }]', qr/token A/],
      )
    {
        my ($program, $reason) = @$row;
        save('program.reml', $program);
        $answer = generate(run_program($remlparse, ['--emit-ast-json', 'program.reml'])->{out});
        exits($answer, 1, "no inventory: $program");
        like($answer->{err}, $reason, '... is refused with the reason');
    }
};

# --- the gates, on a copy of the tree ---

my $tree = "$work/tree";
my @gates = map { "S$_" } 1 .. 8;

sub copy_tree {
    mkdir $_ or die "$_: $!" for $tree, "$tree/compat", "$tree/tests";
    my @whole = qw(GNUmakefile bootstrap lexer grammar driver streaming);
    system('cp', '-a', (map { "$source/$_" } @whole), $tree) == 0 or die 'cp';
    system('cp', '-a', glob("$source/compat/*.[ch] $source/compat/*.def"), "$tree/compat") == 0
        or die 'cp';
    symlink "$source/compat/golden", "$tree/compat/golden" or die $!;
    symlink "$source/tests/samples", "$tree/tests/samples" or die $!;
}
copy_tree() if !@ARGV || grep { /gate/i } @ARGV;

sub selfhost {
    my ($only, @more) = @_;
    unlink 'selfhost.json';
    my @where = ('--build', "$work/stages", '--out', 'selfhost.json', '--sample', 500);
    my $answer = run_program("$tree/bootstrap/selfhost", [@where, '--only', $only, @more],
        env => {CFLAGS => '-O0'});
    $answer->{result} = decode_json(load('selfhost.json')) if -e 'selfhost.json';
    return $answer;
}

sub gate {
    my ($answer, $name) = @_;
    return (grep { $_->{gate} eq $name } @{ $answer->{result}{gates} // [] })[0] // {};
}

chosen 'The gates pass' => sub {
    my $answer = selfhost('S1,S2,S3,S4,S5,S6,S8');
    exits($answer, 0, 'selfhost exits with 0');
    my $result = $answer->{result};
    is_deeply([sort keys %$result], [qw(fixed_point gates stage0 stage1 stage2)], 'the result');
    is_deeply([map { $_->{gate} } @{ $result->{gates} }], \@gates, '... has all gates');
    for my $gate (@{ $result->{gates} }) {
        is_deeply([sort keys %$gate], [qw(checked failed failures gate status)], $gate->{gate});
        my $state = $gate->{gate} eq 'S7' ? 'skipped' : 'pass';
        is("$gate->{status} $gate->{failed}", "$state 0", "... $state");
        cmp_ok($gate->{checked}, '>', 0, '... and checks something') if $state eq 'pass';
    }
    ok($result->{fixed_point}, 'the stages are a fixed point');
    cmp_ok($result->{stage0}{cases}, '>', 20, 'of some cases');
    my @digests = map { $result->{$_}{digest} } qw(stage0 stage1 stage2);
    is($digests[$_], $digests[0], "stage $_ answers as the reference") for 1, 2;
    like($digests[0], qr/^[0-9a-f]{64}$/, '... and digests are SHA-256');
    is($result->{stage2}{inventory_digest}, $result->{stage1}{inventory_digest}, 'one inventory');
};

# Makes a change to a file of the copy, and the gates fail as `expected` says: gate => its reason.
sub notices {
    my ($name, $file, $from, $to, %expected) = @_;
    my $before = load("$tree/$file");
    my @state = stat "$tree/$file";
    (my $after = $before) =~ s/$from/$to/ or return fail("$file does not have $from");
    save("$tree/$file", $after);
    my $answer = selfhost(join ',', sort keys %expected);
    save("$tree/$file", $before);
    exits($answer, 1, "$name: selfhost exits with 1");
    for my $gate (sort keys %expected) {
        my $found = gate($answer, $gate);
        my ($state, $reason) = @{ $expected{$gate} };
        is($found->{status}, $state, "... $gate: $state") or diag($answer->{out} . $answer->{err});
        my @reasons = map { join ': ', @$_{qw(source case reason)} } @{ $found->{failures} };
        like("@reasons", $reason, '... with the reason');
    }
    unlike($answer->{err}, qr/Traceback/, '... in plain words');
}

chosen 'A gate fails' => sub {
    my $table = 'driver/diagnostics.def';
    notices('a table that was edited by hand', $table, 'out of memory', 'low in memory',
        S1 => ['pass', qr/\A\z/],
        S3 => ['fail', qr/\Abootstrap\/inventory\.reml: .*line \d+: '.*out of memory/]);
    notices('a table that says what the reference does not', $table, '"構文エラー: 入力',
        '"構文誤り: 入力', S1 => ['fail', qr/: run: run\.diagnostics/]);
    notices('a table in another layout', 'driver/config_keys.def', 'FIELD\(TRACE, ',
        'FIELD(TRACE,', S3 => ['fail', qr/\Adriver\/config_keys\.def: .*: 'FIELD\(TRACE,trace/]);
    notices('a committed inventory that is out of date', 'bootstrap/inventory.reml', '"trace"',
        '"race"', S3 => ['fail', qr/\Abootstrap\/inventory\.reml: /]);
    my $printer = 'compat/inventory.c';
    my $skipped = ['skipped', qr/the inventory does not parse \(S2\)/];
    notices('an inventory that does not parse', $printer, '"\\\\n\]\\\\n"', '",\\\\n]\\\\n"',
        S2 => ['fail', qr/at once: exit code 1: .*inventory\.reml:\d+/],
        S3 => $skipped, S8 => $skipped);
    notices('an inventory with another member', $printer, '"holds", type', '"holdz", type',
        S3 => ['fail', qr/a row of config_fields has other members/],
        S4 => ['fail', qr/cannot be built from the inventory/]);
    notices('a generator that changes a text', 'bootstrap/tables.py', 'quoted\(message\), opt',
        'quoted(message.replace("out of", "no")), opt',
        S3 => ['fail', qr/\A\Q$table\E: /],
        S4 => ['fail', qr/the inventory of stage 2: .*'.*no memory/]);
    notices('source that is another program', 'compat/ast_source.def', 'SOURCE\(LET, "let ',
        'SOURCE(LET, "var ', S5 => ['fail', qr/the source has another tree/],
        S6 => ['fail', qr/the AST text differs/]);
};

chosen 'Nothing can be said about the gates' => sub {
    my $token = load("$tree/lexer/token.c");
    save("$tree/lexer/token.c", $token, "mistake\n");
    my $answer = selfhost('S3');
    save("$tree/lexer/token.c", $token);
    exits($answer, 2, 'sources that cannot be built');
    like($answer->{err}, qr/\Aselfhost: stage 1 cannot be built: .*token\.c/, '... are named');
    for my $arguments (['--sample', '0'], ['--sample', 'x'], ['--only', 'S9'], ['--only', ''],
        ['--onl', 'S1'], ['more'], ['--build', '/dev/null/x'], ['--build'])
    {
        $answer = run_program("$tree/bootstrap/selfhost", $arguments);
        exits($answer, 2, "selfhost @$arguments");
        like($answer->{err}, qr/selfhost: /, '... with a message');
        unlike($answer->{err}, qr/Traceback/, '... in plain words');
    }
};

done_testing;
