#!/usr/bin/env perl
# Every example of the contract (compat/contract/*.md) is read from its document and proved.
# The harness is $REML_BUILD/reml-compat, by default build/reml-compat.
#
# Arguments choose cases: `tests/contract.t lexer.md` or `tests/contract.t grammar.md:131`.
use strict;
use warnings;
use utf8;
use Test::More;
use FindBin;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use JSON::PP;

binmode $_, ':encoding(UTF-8)'
    for Test::More->builder->output, Test::More->builder->failure_output;
delete @ENV{qw(REMLC_WORKSPACE_ROOT REMLC_GIT_COMMIT GITHUB_SHA)};
$ENV{REMLC_FIXED_TIMESTAMP} = '1970-01-01T00:00:00Z';

my $harness = abs_path(($ENV{REML_BUILD} // 'build') . '/reml-compat');
my $contract = "$FindBin::Bin/../compat/contract";
defined $harness && -x $harness or BAIL_OUT('reml-compat is not there');

my $json = JSON::PP->new->canonical->allow_nonref;
my $bytes = JSON::PP->new->utf8->canonical->allow_nonref;

# ---- documents ----

# The lines of a document with their numbers, as [number, text].
sub document {
    my ($name) = @_;
    open my $file, '<:encoding(UTF-8)', "$contract/$name" or BAIL_OUT("$name: $!");
    my @lines = map { s/\n\z//r } <$file>;
    return map { [$_ + 1, $lines[$_]] } 0 .. $#lines;
}

# The lines from the heading that begins with $from to the next one of the same or a higher level.
sub section {
    my ($name, $from) = @_;
    my ($inside, @found) = (0);
    for my $line (document($name)) {
        if ($line->[1] =~ /^(#+) (.*)/) {
            my ($level, $title) = (length $1, $2);
            if ($title =~ /^\Q$from\E(?!\d)/) { $inside = $level; next }
            $inside = 0 if $inside && $level <= $inside;
        }
        push @found, $line if $inside;
    }
    @found or BAIL_OUT("$name has no section $from");
    return @found;
}

sub cells {
    my ($row) = @_;
    $row =~ s/^\|\s*//;
    $row =~ s/\s*\|\s*$//;
    return map { s/\\\|/|/gr } split /\s*(?<!\\)\|\s*/, $row;
}

# ---- cases: all are answered by one process ----

my @cases;

# prove($place, $source, $config, $part, $check): $check gets the part's value, decoded.
sub prove {
    my ($place, $source, $config, $part, $check, %more) = @_;
    return if @ARGV && !grep { $place eq $_ || $place =~ /^\Q$_\E(?::|$)/ } @ARGV;
    push @cases,
        { place => $place, source => $source, config => $config, part => $part, check => $check,
        %more };
}

sub request {
    my ($case, $id) = @_;
    my %line = (id => $case->{id} // $id, want => $case->{want} // [$case->{part}]);
    $line{source} = $case->{source} unless defined $case->{hex};
    if (defined $case->{hex}) {
        require MIME::Base64;
        $line{source_b64} = MIME::Base64::encode_base64(pack('H*', $case->{hex}), '');
    }
    $line{config} = $case->{config} if $case->{config};
    return $bytes->encode(\%line);
}

# Answers may hold bytes that are not UTF-8: those of the byte-level cases are left as they are.
sub answers {
    my $folder = tempdir(CLEANUP => 1);
    open my $file, '>:raw', "$folder/cases" or die $!;
    print {$file} request($cases[$_], $_), "\n" for 0 .. $#cases;
    close $file or die $!;
    open my $out, '-|:raw', "'$harness' answer < '$folder/cases'" or die $!;
    my @answers = <$out>;
    close $out;
    is($?, 0, 'the harness answers every case');
    return @answers;
}

sub run_cases {
    my @answers = answers();
    is(scalar @answers, scalar @cases, 'there is one answer for each case');
    for my $at (0 .. $#cases) {
        my $case = $cases[$at];
        my $raw = $answers[$at] // '{}';
        my $shown = $case->{hex} // $json->encode($case->{source});
        my $name = "$case->{place}: $shown";
        if ($case->{hex}) { $case->{check}->($raw, $name); next }
        my $value = $bytes->decode($raw)->{ $case->{part} eq 'run_noast' ? 'run' : $case->{part} };
        $case->{check}->($value, $name, $raw);
    }
}

# ---- lexer.md: tokens ----

my %is_class = map { $_ => 1 } qw(INT FLOAT CHAR STRING IDENT UPPER_IDENT EOF);

# A token of `tokens` in the notation of lexer.md; only the place where the line is 2 or more.
sub show_token {
    my ($token) = @_;
    if (ref $token eq 'HASH') {
        my $message = $token->{error} =~ s/([\x00-\x1F])/sprintf '<%02X>', ord $1/ger;
        return qq(ERROR "$message" span $token->{span}[0]-$token->{span}[1]);
    }
    my ($kind, $payload, $start, $end) = @$token;
    my $text = $kind;
    if ($is_class{$kind} && $kind ne 'EOF') {
        $text .= $kind eq 'INT' ? "($payload->[0],$payload->[1])"
            : $kind eq 'STRING' ? '(' . $json->encode($payload->[0]) . ",$payload->[1])"
            : $kind eq 'CHAR' ? '(' . $json->encode($payload) . ')'
            :                   "($payload)";
    }
    $text .= "\@$start->[2]-$end->[2]";
    $text .= "[line $start->[0] col $start->[1]]" if $start->[0] > 1;
    return $text;
}

sub lexer_examples {
    my $count = 0;
    for my $line (document('lexer.md')) {
        my ($number, $text) = @$line;
        $text =~ /^- `(".*?")`(?: with `(\{.*?\})`)? ⇒ `(.*?)`(?: —|$)/ or next;
        my ($source, $config, $expected) = ($1, $2, $3);
        prove("lexer.md:$number", $json->decode($source), $config && $json->decode($config),
            'tokens',
            sub { is(join('   ', map { show_token($_) } @{ $_[0] }), $expected, $_[1]) });
        $count++;
    }
    cmp_ok($count, '>=', 109, 'lexer.md has its examples') unless @ARGV;
}

# The table of byte-level cases: inputs and messages that are not UTF-8.
sub lexer_byte_examples {
    my $count = 0;
    my $place = sub { '[1,' . ($_[0] + 1) . ",$_[0]]" };
    my $error = sub {
        my ($message, $start, $end) = @_;
        utf8::encode($message) if utf8::is_utf8($message);
        qq({"error":"$message","span":[$start,$end],"lexeme":[$start,$end]});
    };
    my $add = sub {
        my ($number, $hex, $expected) = @_;
        (my $digits = $hex) =~ tr/ //d;
        $count++;
        prove("lexer.md:$number", undef, undef, 'tokens',
            sub { like($_[0], qr/,"tokens":\[(?:.*,)?\Q$expected\E[\],]/, $_[1]) },
            hex => $digits);
    };
    for my $line (section('lexer.md', '8.5')) {
        my ($number, $text) = @$line;
        $text =~ /^\| `[0-9A-F]{2}/ or next;
        my ($hexes, $result) = cells($text);
        my @hexes = $hexes =~ /`([0-9A-F ]+)`/g;
        if ($result =~ /^`Unexpected character: ` \+ first byte, span (\d+)-(\d+)/) {
            $add->($number, $_, $error->('Unexpected character: ' . pack('H2', $_), $1, $2))
                for @hexes;
        } elsif ($result =~ /then `Unexpected character: ` \+ byte (..), span (\d+)-(\d+)/) {
            my $token = $error->('Unexpected character: ' . pack('H2', $1), $2, $3);
            $add->($number, $hexes[0], qq(["IDENT","x",[1,1,0],[1,2,1]],$token));
        } elsif ($result =~ /(?:^|: )`([^`]*)` span (\d+)-(\d+)/) {
            $add->($number, $hexes[0], $error->($1, $2, $3));
        } elsif ($result =~ /^CHAR of byte (..), \@(\d+)-(\d+)/) {
            my ($byte, $start, $end) = (pack('H2', $1), $place->($2), $place->($3));
            $add->($number, $hexes[0], qq(["CHAR","$byte",$start,$end]));
        } elsif ($result =~ /^STRING of bytes ([0-9A-F ]+), \@(\d+)-(\d+)/) {
            my ($digits, $start, $end) = ($1, $place->($2), $place->($3));
            $digits =~ tr/ //d;
            my $value = pack 'H*', $digits;
            $add->($number, $hexes[0], qq(["STRING",["$value","Normal"],$start,$end]));
        } else {
            fail("lexer.md:$number is understood");
        }
    }
    cmp_ok($count, '>=', 13, 'lexer.md has its byte-level cases') unless @ARGV;
}

# ---- expected sets ----

my %class_kind = map { $_ => 'class' } qw(integer-literal float-literal char-literal string-literal
    identifier upper-identifier);
my $classes = join ' ', sort keys %class_kind;

# name => labels, from the table at the top of grammar.md
my %abbreviation;

sub read_abbreviations {
    for my $line (document('grammar.md')) {
        $line->[1] =~ /^\| ([A-Z]+) \((\d+)\) \|/ or next;
        my ($name, $size) = ($1, $2);
        my $members = (cells($line->[1]))[1];
        $members =~ s/and the six literal\/identifier classes/$classes/;
        $members =~ tr/`//d;
        $abbreviation{$name} = [split ' ', $members];
        is(scalar @{ $abbreviation{$name} }, $size,
            "grammar.md:$line->[0]: $name has $size members");
    }
    is(join(' ', sort keys %abbreviation), 'BINOP DECL EXPR NAME PAT TYPE',
        'grammar.md has its abbreviations');
}

# The order of driver.md section 6.3.
sub rank {
    my ($label) = @_;
    return $class_kind{$label} ? 2 : $label =~ /^[a-z]/ ? 0 : 1;
}

sub in_order {
    my %seen;
    my @labels = grep { !$seen{$_}++ } @_;
    return join ' ', sort { rank($a) <=> rank($b) || $a cmp $b } @labels;
}

# Items of "DECL `a` EOF", with or without back-quotes.
sub expand {
    my ($text) = @_;
    return in_order(map { @{ $abbreviation{$_} // [tr/`//dr] } } split ' ', $text);
}

sub expected_labels {
    my ($run) = @_;
    my $expected = $run->{diagnostics}[0]{expected} or return 'no set';
    return join ' ', map { $_->[1] } @{ $expected->{alternatives} };
}

# What a run says, in the notation of grammar.md without the set.
sub verdict {
    my ($run) = @_;
    return 'accepted' if $run->{accepted};
    my $first = $run->{diagnostics}[0];
    return "error $first->{span}{start}[2]-$first->{span}{end}[2]";
}

# ---- grammar.md and its relatives ----

sub prove_verdict {
    my ($place, $source, $config, $text) = @_;
    if ($text =~ /^`(.*?)`(?: —|$)/) {
        my $expected = $1;
        $expected = $json->decode($expected) if $expected =~ /^"/;
        prove($place, $source, $config, 'ast_text', sub { is($_[0], $expected, $_[1]) });
    } elsif ($text =~ /^accepted\b/) {
        prove($place, $source, $config, 'run_noast',
            sub { is(verdict($_[0]), 'accepted', $_[1]) });
    } elsif ($text =~ /^(error \d+-\d+), expected: (.*?)(?: —|$)/) {
        my ($where, $set) = ($1, expand($2));
        prove($place, $source, $config, 'run_noast',
            sub { is(verdict($_[0]) . ': ' . expected_labels($_[0]), "$where: $set", $_[1]) });
    } elsif ($text =~ /^(error \d+-\d+)(?: code `(.*?)`)? "(.*?)"(?: —|$)/) {
        my ($where, $code, $message) = ($1, $2 // '', $3);
        prove(
            $place, $source, $config,
            'run_noast',
            sub {
                my $first = $_[0]{diagnostics}[0] // {};
                my $found = join ' ', verdict($_[0]), @{ $first->{codes} // [] };
                is("$found $first->{message}", join(' ', $where, $code || (), $message), $_[1]);
            }
        );
    } else {
        fail("$place is understood: $text");
    }
}

sub verdict_examples {
    my ($name, $least, @lines) = @_;
    my $count = 0;
    for my $line (@lines) {
        $line->[1] =~ /^- `(".*?")`(?: with `(\{.*?\})`)? ⇒ (.*)$/ or next;
        prove_verdict("$name:$line->[0]", $json->decode($1), $2 && $json->decode($2), $3);
        $count++;
    }
    cmp_ok($count, '>=', $least, "$name has its examples") unless @ARGV;
}

# lemon.md section 6: | source | offset | set |
sub lemon_examples {
    my ($count, $previous) = (0, '');
    for my $line (section('lemon.md', '6.')) {
        $line->[1] =~ /^\| `/ or next;
        my ($source, $offset, $set) = cells($line->[1]);
        $source =~ s/^`(.*?)`.*$/$1/;
        $set =~ s/^the same plus/$previous/;
        if ($set =~ /^as above without (.*)$/) {
            my %gone = map { $_ => 1 } grep { $_ ne 'and' } split ' ', $1;
            $set = join ' ', grep { !$gone{$_} } split ' ', $previous;
        }
        $previous = $set;
        my $expected = expand($set);
        prove(
            "lemon.md:$line->[0]", $source, undef,
            'run_noast',
            sub {
                my $at = $_[0]{diagnostics}[0]{span}{start}[2];
                is("$at: " . expected_labels($_[0]), "$offset: $expected", $_[1]);
            }
        );
        $count++;
    }
    cmp_ok($count, '>=', 15, 'lemon.md section 6 has its cases') unless @ARGV;
}

# The sentence after the table: sources without sets.
sub lemon_sentence {
    my ($line) = grep { $_->[1] =~ /^Also: / } section('lemon.md', '6.');
    my ($number, $text) = @{ $line // BAIL_OUT('lemon.md section 6 has no last sentence') };
    my ($accepted, $rejected) = $text =~ /^Also: (.*) accepted; (.*) rejected at the second/;
    my @accepted = ($accepted // '') =~ /`([^`]*)`/g;
    my @rejected = ($rejected // '') =~ /`([^`]*)`/g;
    is(@accepted . '+' . @rejected, '3+3', 'lemon.md section 6 ends with 3 accepted and 3 rejected')
        unless @ARGV;
    prove("lemon.md:$number", "let x = $_", undef, 'run_noast',
        sub { is(verdict($_[0]), 'accepted', $_[1]) })
        for @accepted;
    for my $source (@rejected) {
        $source =~ /^(\w+ \S+ \S+ )/;
        my $at = length "let x = $1";
        prove("lemon.md:$number", "let x = $source", undef, 'run_noast',
            sub { like(verdict($_[0]), qr/^error $at-/, $_[1]) });
    }
}

# ---- ast.md: JSON at a path ----

sub at_path {
    my ($value, $path) = @_;
    for my $step (split /\./, $path) {
        $value = ref $value eq 'ARRAY' ? $value->[$step] : $value->{$step};
    }
    return $value;
}

# Compared as values, which shows where they differ, and as text, which has an order.
sub tree_examples {
    my ($name, $least) = @_;
    my ($count, $open) = (0);
    for my $line (document($name)) {
        my ($number, $text) = @$line;
        if ($text =~ /^- `(".*?")`(?: with `(\{.*?\})`)?(?: at `([\w.]+)`)?:(?: —.*)?$/) {
            $open = { place => "$name:$number", source => $json->decode($1),
                config => $2 && $json->decode($2), path => $3 // '' };
        } elsif ($open && $text =~ /^  (\{.*\})$/) {
            my ($case, $expected) = ($open, $1);
            prove(
                @$case{qw(place source config)},
                'run',
                sub {
                    my ($run, $name, $raw) = @_;
                    my $found = $json->encode(at_path($run->{ast}, $case->{path}));
                    utf8::encode(my $text = $expected);
                    is($found, $json->encode($json->decode($expected)), $name);
                    ok(index($raw, $text) >= 0, '... byte for byte') or diag($raw);
                }
            );
            $count++;
            undef $open;
        } elsif ($text =~ /^- /) {
            undef $open;
        }
    }
    cmp_ok($count, '>=', $least, "$name has its examples") unless @ARGV;
}

# ast.md section 6.2: the spans of a row belong to these paths, in order. V is the value of the
# first declaration.
my %span_paths = (
    'let x = ("a", "b")' => ['V', 'V.literal.elements.0', 'V.literal.elements.1'],
    'let x = 1  let y = 2' => ['decls.0', 'decls.1'],
    '  /* c */ let x = 1' => ['decls.0'],
    'let z = 0 @a pub let x = 1' => ['decls.1', 'decls.1.attrs.0'],
    'fn f() { let a = 1  let b = 2 }' =>
        ['decls.0.decl.body.stmts.0.decl', 'decls.0.decl.body.stmts.1.decl'],
    "  use A\n  use B" => ['uses.0', 'uses.1'],
    'module a  use B' => ['uses.0'],
    'module a  pub use B' => ['uses.0'],
    '  module a.b ' => ['header'],
    'effect E : io { operation a : T  @x operation b : U }' =>
        ['decls.0.decl.operations.0', 'decls.0.decl.operations.1'],
    'handler H { operation op(x) { }  return v { } }' => [
        'decls.0.decl.handler', 'decls.0.decl.handler.entries.0', 'decls.0.decl.handler.entries.1'
    ],
    'let x = handle a with handler H { return v { } }' =>
        ['V', 'V.handler', 'V.handler.entries.0'],
    'let a.B(c) = 1' => ['decls.0.decl.pattern', 'decls.0.decl.pattern.name'],
    'let x : (A) = 1' => ['decls.0.decl.type'],
    'let x : (A) -> B = 1' => ['decls.0.decl.type'],
    'fn f(x: (A), y = (1)) = 1' => ['decls.0.decl.params.0', 'decls.0.decl.params.1'],
    'type T<A> = | B(C) | D' => ['decls.0.decl.variants.0', 'decls.0.decl.variants.1'],
);

sub span_examples {
    my $count = 0;
    for my $line (section('ast.md', '6.2')) {
        $line->[1] =~ /^\| `/ or next;
        my ($source, undef, $spans) = cells($line->[1]);
        $source =~ s/^`(.*)`$/$1/;
        $source =~ s/\\n/\n/g;
        my @paths = @{ $span_paths{$source} // ['V'] };
        s/^V/decls.0.decl.value/ for @paths;
        my @spans = $spans =~ /\[\d+,\d+\]/g;
        is(scalar @spans, scalar @paths, "ast.md:$line->[0] has a span for each path")
            unless @ARGV;
        prove(
            "ast.md:$line->[0]", $source,
            { experimental_effects => JSON::PP::true },
            'run',
            sub {
                my $run = shift;
                is(join(' ', map { $json->encode(at_path($run->{ast}, $_)->{span}) } @paths),
                    "@spans", $_[0]);
            }
        );
        $count++;
    }
    cmp_ok($count, '>=', 30, 'ast.md section 6.2 has its examples') unless @ARGV;
}

# ---- driver.md, gates.md, diagnostics-json.md: JSON blocks; the sources are ours ----

# The blocks of these lines, as [number of the first line, JSON].
sub json_blocks {
    my ($open, @blocks);
    for my $line (@_) {
        if ($line->[1] =~ /^```/) {
            push @blocks, $open if $open;
            $open = $line->[1] eq '```json' ? [$line->[0] + 1, ''] : undef;
        } elsif ($open) {
            $open->[1] .= $line->[1];
        }
    }
    return @blocks;
}

sub prove_blocks {
    my ($name, $section, @rows) = @_;
    my @blocks = json_blocks(length $section ? section($name, $section) : document($name));
    is(scalar @blocks, scalar @rows, "$name $section has its JSON") unless @ARGV;
    for my $at (0 .. $#rows) {
        my ($source, $config, $part, $path) = @{ $rows[$at] };
        my ($number, $text) = @{ $blocks[$at] // next };
        my $expected = $json->encode($json->decode($text));
        prove("$name:$number", $source, $config, $part,
            sub { is($json->encode(at_path($_[0], $path // '')), $expected, $_[1]) });
    }
}

sub driver_blocks {
    my ($true, $false) = (JSON::PP::true, JSON::PP::false);
    my %eof = (require_eof => $true);
    prove_blocks('driver.md', '3.',
        ['let x = 12', { trace => $true }, 'run_noast'],
        ['use A.B', undef, 'run_noast'],
        ['$', { packrat => $true, left_recursion => 'off' }, 'run_noast']);
    prove_blocks('driver.md', '4.5',
        ['let x = 1    )', \%eof, 'run_noast', 'diagnostics.1'],
        ['let x = 1    )', \%eof, 'run_noast', 'legacy_error'],
        ['let x = perform A.b(1) let y = 2', \%eof, 'run_noast', 'diagnostics'],
        ['let x = "abc', \%eof, 'run_noast', 'diagnostics'],
        ['let x = perform A.b(1)', undef, 'run_noast', 'legacy_error']);
    prove_blocks('driver.md', '6.4',
        ['let x = { y }', undef, 'run_noast', 'diagnostics.0.expected'],
        ['let x = 1 2', undef, 'run_noast', 'diagnostics.0.expected']);
}

sub diagnostic_blocks {
    prove_blocks('diagnostics-json.md', '',
        ['let x = { a', undef, 'diag_json', '0'],
        ['let x = 1', { packrat => JSON::PP::true }, 'diag_json', '0']);
}

# The second block is a whole answer, with its identifier and several parts.
sub gate_blocks {
    my ($tokens, $answer) = json_blocks(section('gates.md', '1.2'));
    $answer or BAIL_OUT('gates.md section 1.2 has no JSON');
    prove("gates.md:$tokens->[0]", 'x "a" 0x1F #', undef, 'tokens',
        sub { is($json->encode($_[0]), $json->encode($json->decode($tokens->[1])), $_[1]) });
    prove(
        "gates.md:$answer->[0]", 'let x = 1', undef, 'ast_text',
        sub { is($_[2], "$answer->[1]\n", $_[1]) },
        id => 7, want => [qw(tokens run_noast run_partial ast_text)]
    );
}

# ---- all of it ----

read_abbreviations();
lexer_examples();
lexer_byte_examples();
verdict_examples('grammar.md', 200, document('grammar.md'));
verdict_examples('driver.md', 15, section('driver.md', '6.1'));
verdict_examples('ast-text.md', 20, section('ast-text.md', '6.'));
lemon_examples();
lemon_sentence();
tree_examples('ast.md', 25);
span_examples();
driver_blocks();
diagnostic_blocks();
gate_blocks();
@cases or BAIL_OUT('no example was chosen');
run_cases();
done_testing();
