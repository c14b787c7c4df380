# Case files of the spec profile: reading them, the notation of trees, JSON with its order.
package Cases;
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8 decode_utf8);
use Exporter 'import';
use JSON::PP ();

our @EXPORT = qw(json_text kind_nodes member options_of place_of read_cases read_json subtree tree_of
    without_spans);

# --- case files ---

# The cases of a file: name, file, line, source (bytes), marks and places (lists of [start, end]
# byte offsets, in the order of their openings), and rules ([word, rest of the line, text of the
# lines that follow, as characters]).
sub read_cases {
    my ($path) = @_;
    open my $file, '<:encoding(UTF-8)', $path or die "$path: $!";
    my (@cases, $case, $rule);
    (my $short = $path) =~ s{.*/}{};
    while (my $line = <$file>) {
        if ($line =~ /^=== (.*?)\s*$/) {
            $case = { name => $1, file => $short, line => $., text => '', rules => [] };
            push @cases, $case;
            undef $rule;
        } elsif (!$case) {
            die "$path:$.: text before the first case" if $line =~ /^[^#\s]/;
        } elsif ($line =~ /^--- (\S+) ?(.*?)\s*$/) {
            $rule = [$1, $2, ''];
            push @{ $case->{rules} }, $rule;
        } elsif ($rule) {
            $rule->[2] .= $line;
        } else {
            $case->{text} .= $line;
        }
    }
    for my $each (@cases) {
        $each->{text} =~ s/\n+\z/\n/;
        take_marks($each);
    }
    return @cases;
}

# The options of the command that a case has, by its rules `with`.
sub options_of {
    my ($case) = @_;
    return map { split ' ', $_->[1] } grep { $_->[0] eq 'with' } @{ $case->{rules} };
}

# A mark around the line break at the end stands for the end of the input.
sub take_marks {
    my ($case) = @_;
    my ($source, @open, @all) = ('');
    my $whole = $case->{text};
    $whole =~ s/\\\n\z// ;    # a backslash at the very end: no line break there
    $whole =~ s/⟦⟧\n\z/⟦⟧/;
    for my $piece (split /([⟦⟧⟪⟫])/, $whole) {
        if ($piece eq '⟦' || $piece eq '⟪') {
            push @all, { start => length $source, place => $piece eq '⟪' };
            push @open, $all[-1];
        } elsif ($piece eq '⟧' || $piece eq '⟫') {
            my $mark = pop @open or die "$case->{file}:$case->{line}: a mark is not open";
            $mark->{end} = length $source;
        } else {
            $piece =~ s/\{U\+([0-9A-F]+)\}/chr hex $1/ge;
            $source .= encode_utf8($piece);
        }
    }
    die "$case->{file}:$case->{line}: a mark is open" if @open;
    $case->{source} = $source;
    for my $mark (@all) {
        push @{ $case->{ $mark->{place} ? 'places' : 'marks' } }, [@{$mark}{qw(start end)}];
    }
    $case->{$_} //= [] for qw(marks places);
}

# Line and column, counted from 1, of an offset; all in bytes.
sub place_of {
    my ($source, $offset) = @_;
    my @lines = split /(?<=\n)/, substr($source, 0, $offset) . '|';
    return @lines . ':' . length $lines[-1];
}

# --- JSON that keeps the order of members ---

# Arrays are ['a', values…], objects ['o', [name, value]…], everything else its text.
sub read_json {
    my ($text) = @_;
    pos($text) = 0;
    my $value = read_value(\$text);
    $text =~ /\G\s*\z/gc or die 'JSON goes on at ' . pos $text;
    return $value;
}

sub read_value {
    my ($text) = @_;
    return $1 if $$text =~ /\G("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null)/gc;
    if ($$text =~ /\G\[/gc) {
        my @values = ('a');
        return \@values if $$text =~ /\G\]/gc;
        do { push @values, read_value($text) } while $$text =~ /\G,/gc;
        $$text =~ /\G\]/gc or die 'JSON: no ] at ' . pos $$text;
        return \@values;
    }
    $$text =~ /\G\{/gc or die 'JSON: no value at ' . (pos($$text) // 0);
    my @members = ('o');
    return \@members if $$text =~ /\G\}/gc;
    do {
        $$text =~ /\G"([^"]*)":/gc or die 'JSON: no name at ' . pos $$text;
        my $name = $1;
        push @members, [$name, read_value($text)];
    } while $$text =~ /\G,/gc;
    $$text =~ /\G\}/gc or die 'JSON: no } at ' . pos $$text;
    return \@members;
}

sub json_text {
    my ($value) = @_;
    return $value if !ref $value;
    my ($sort, @parts) = @$value;
    return '[' . join(',', map { json_text($_) } @parts) . ']' if $sort eq 'a';
    return '{' . join(',', map { "\"$_->[0]\":" . json_text($_->[1]) } @parts) . '}';
}

sub without_spans {
    my ($value) = @_;
    return $value if !ref $value;
    my ($sort, @parts) = @$value;
    return ['a', map { without_spans($_) } @parts] if $sort eq 'a';
    return ['o', map { [$_->[0], without_spans($_->[1])] } grep { $_->[0] ne 'span' } @parts];
}

sub member {
    my ($value, $name) = @_;
    return undef if !ref $value || $value->[0] ne 'o';
    my ($found) = grep { ref && $_->[0] eq $name } @{$value}[1 .. $#$value];
    return $found && $found->[1];
}

# The sub-tree at a path such as decls[0].decl.value; undef when there is none.
sub subtree {
    my ($value, $path) = @_;
    while ($path =~ /\G\.?(?:\[(\d+)\]|(\w+))/gc) {
        return undef if !ref $value;
        $value = defined $2 ? member($value, $2)
            : $value->[0] eq 'a' ? $value->[$1 + 1] : undef;
        return undef if !defined $value;
    }
    return $value;
}

# All nodes of a kind, those first that begin first.
sub kind_nodes {
    my ($value, $kind) = @_;
    return () if !ref $value;
    my ($sort, @parts) = @$value;
    return map { kind_nodes($_, $kind) } @parts if $sort eq 'a';
    my $own = member($value, 'kind') // '';
    return ($own eq "\"$kind\"" ? $value : (), map { kind_nodes($_->[1], $kind) } @parts);
}

# --- the notation of trees ---

# The members of each node: NAME:TYPE, with `*` for a list and `?` for what may be null; `+` begins
# a member that is left out unless it is given.
my %expression = (
    Call => 'callee:E args:Arg*', Perform => 'sugar:S effect:EffectRef args:Arg*',
    Lambda => 'params:Param* ret:T? body:E', Pipe => 'lhs:E rhs:E',
    Binary => 'op:S lhs:E rhs:E', Unary => 'op:S operand:E',
    Field => 'target:E field:I +sep:S', TupleIndex => 'target:E index:N',
    Index => 'target:E index:E', Propagate => 'target:E', If => 'cond:E then:E else:E?',
    Match => 'scrutinee:E arms:Arm*', While => 'cond:E body:E',
    For => 'pattern:P source:E body:E', Loop => 'body:E', Handle => 'target:E handler:HandlerBody',
    Continue => '', Block => 'stmts:Stmt* +attrs:Attr*', Unsafe => 'body:E +attrs:Attr*',
    Return => 'value:E?', Defer => 'body:E', Assign => 'target:E value:E', Placeholder => '',
    Fixity => 'name:S', TypedRecord => 'type:E fields:FieldE*', Rec => 'value:E',
    Await => 'value:E', Async => 'move:B value:E', Break => 'value:E?', DoBlock => 'body:E',
    EffectBlock => 'tags:I* body:E', TestBlock => 'name:E body:E',
    TestParser => 'parser:E cases:Case*', InlineAsm => 'template:E groups:AsmGroup*',
    LlvmIr => 'type:T template:E inputs:E*', NamedArg => 'name:I value:E',
);
my %pattern = (
    PatRecord => 'fields:FieldP* rest:B', PatOr => 'variants:P*',
    PatBind => 'pattern:P name:I via:S', PatRange => 'start:P? end:P? inclusive:B',
    PatRegex => 'value:S hashes:N', PatCtorRecord => 'name:I fields:FieldP* rest:B',
    PatActive => 'name:I partial:B arg:P?',
);
my %type = (
    TyFn => 'params:T* ret:T +form:S +labels:I?* +generics:I*', TyUnion => 'members:T*',
    TyRecord => 'fields:FieldTy*', TyArray => 'element:T length:Length',
    TyRef => 'mut:B target:T', TyTuple => 'elements:T* +labels:I?*',
);
my $function = 'name:I generics:I* params:Param* ret:T? where:Constr* effects:Effects?';
my $more = '+path:I* +receiver:T +bounds:Bounds* +with:T* +async:B +unsafe:B +variadic:B';
my $item = '+attrs:Attr* +vis:S';
my $named = 'name:I generics:I*';
my %declaration = (
    Let => "pattern:P type:T? value:E +mut:B +generics:I* +bounds:Bounds* $item",
    Var => "pattern:P type:T? value:E +mut:B $item", Fn => "$function body:Body? $more $item",
    TypeAlias => "$named type:T +implicit:B +bounds:Bounds* $item",
    TypeNew => "$named type:T +bounds:Bounds* $item",
    TypeSum => "$named variants:Variant* +bounds:Bounds* $item",
    TypeOpaque => "$named +bounds:Bounds* $item",
    Struct => "$named fields:FieldT* rest:B +bounds:Bounds*",
    Enum => "$named variants:Variant* +bounds:Bounds*",
    Trait => "$named where:Constr* items:TraitItem* +bounds:Bounds*",
    Impl => 'generics:I* trait:TraitRef? type:T where:Constr* items:Kind* +bounds:Bounds*',
    Extern => 'abi:S target:S? items:ExternItem*',
    Effect => 'name:I tag:I? operations:Operation*', Handler => 'handler:HandlerBody',
    Const => "name:I type:T? value:E $item",
    Module => 'path:Path uses:Use* decls:Decl* stmts:Stmt*',
    ActivePattern => 'name:I partial:B params:Param* body:E',
    Macro => 'name:I params:Param* body:E', ActorSpec => 'name:I params:Param* body:E',
    Conductor => 'name:I defs:Def* channels:Route* execution:E? monitoring:Mon?',
);
my %plain = (    # objects without a kind
    Param => 'pattern:P type:T? default:E? +self_ref:S',
    Arm => 'pattern:P guard:E? body:E +alias:I +guard_if:B', Attr => 'name:I args:E*',
    Variant => 'name:I types:T* +labels:I?* +record:FieldT* +rest:B',
    Constr => 'trait:I types:T*', Bounds => 'param:I types:T*',
    Decl => 'attrs:Attr* vis:S decl:Kind', TraitRef => 'name:I args:T*',
    Sig => "$function $more", ExternItem => 'attrs:Attr* sig:Sig metadata:Meta +vis:S',
    Operation => 'name:I type:T? +attrs:Attr*', HandlerBody => 'name:I entries:Entry*',
    Def => 'name:I target:I value:E? tails:Tail*', Tail => 'name:I args:Arg*?',
    Route => 'source:I* target:I* type:T', Mon => 'target:MonTarget? body:E?',
    FieldT => 'name:I type:T default:E? vis:S', FieldTy => 'name:I type:T +default:E +vis:S',
    Unit => 'header:Header? uses:Use* decls:Decl* +stmts:Stmt*', Header => 'path:Path +vis:S',
    Use => 'pub:B tree:UseTree +attrs:Attr*', UseItem => 'name:I alias:I? nested:UseItem*?',
    Case => 'name:E? source:E expect:E', AsmGroup => 'name:I items:AsmItem*',
    AsmItem => 'text:E value:E?', EffectRef => 'path:Path? name:I operation:I?',
    Meta => 'target:S? calling_convention:S? link_name:S? ownership:S? invalid_attributes:S*',
    Assoc => 'name:I bounds:T* default:T?', Method => 'attrs:Attr* sig:Sig default:Body?',
);
my %entry = (
    Operation => 'name:I params:Param* body:Stmt* +attrs:Attr*',
    Return => 'name:I body:Stmt* +attrs:Attr*'
);
my %use_tree = (Path => 'path:Path alias:I?', Brace => 'path:Path items:UseItem*');
my %mon_target = (Module => 'path:Path', Endpoint => 'path:I*');
my %binary = map { $_ => 1 } qw(Add Sub Mul Div Mod Pow Eq Ne Lt Le Gt Ge And Or Range Concat);
my %unary = map { $_ => 1 } qw(Not Neg Deref Ref RefMut);
my %literal = map { $_ => 1 } qw(Int Float Raw Multi Char);

my ($input, @tokens);

# The JSON of a tree in the notation, without spans.
sub tree_of {
    my ($text, $type) = @_;
    $input = $text;
    $text =~ s/^\s*\/\/.*$//mg;
    @tokens = $text =~ /(
        "(?:[^"\\]|\\.)*" | `[^`]*` | '(?:[^'\\]|\\.)' | -?[0-9][0-9_]*(?:\.[0-9]+)?
        | (?:::)?[\p{L}_][\p{L}\p{M}\p{N}_\x{200D}]*(?:(?:\.|::)[\p{L}\p{N}_]+)* | \.\. | \S
    )/gx;
    my $tree = notation($type);
    broken('more follows') if @tokens;
    return $tree;
}

sub broken {
    my ($why) = @_;
    my $left = join ' ', @tokens[0 .. ($#tokens > 8 ? 8 : $#tokens)];
    die "$why before '$left' in the notation $input\n";
}

sub text { my ($value) = @_; return JSON::PP->new->allow_nonref->encode($value) }

sub node {
    my ($kind, @members) = @_;
    return ['o', ($kind ? ['kind', "\"$kind\""] : ()), @members];
}

sub look { return @tokens > 0 && $tokens[0] eq $_[0] }
sub accept_token { return look($_[0]) ? shift @tokens : undef }
sub need { look($_[0]) or broken("no $_[0]"); return shift @tokens }

sub list {
    my ($open, $close, $type) = @_;
    need($open);
    my @values;
    until (accept_token($close)) {
        push @values, notation($type);
        look($close) or need(',');
    }
    return @values;
}

sub ident { return node(undef, ['name', text($_[0])]) }

sub notation {
    my ($type) = @_;
    if ($type =~ s/\?\z//) {
        return 'null' if accept_token('-');
        return notation($type);
    }
    return ['a', list('[', ']', $type)] if $type =~ s/\*\z//;
    no strict 'refs';
    return &{"notation_$type"}() if defined &{"notation_$type"};
    return fields($type, $plain{$type}, 0) if $plain{$type};
    broken("the type $type is not known");
}

# KIND(values, name=value…), or without the kind in front when the type tells it.
sub fields {
    my ($kind, $members, $shown) = @_;
    accept_token($kind);
    my @members = map { [/^(\+?)(\w+):(.*)$/] } split ' ', $members;
    my (%given, $next);
    $next = 0;
    if (accept_token('(')) {
        until (accept_token(')')) {
            my ($name, $index);
            if (@tokens > 1 && $tokens[1] eq '=') {
                $name = shift @tokens;
                shift @tokens;
                ($index) = grep { $members[$_][1] eq $name } 0 .. $#members;
                defined $index or broken("$kind has no $name");
            } else {
                $index = $next++;
                $index < @members && !$members[$index][0] or broken("$kind has no more members");
                $name = $members[$index][1];
            }
            $given{$name} = notation($members[$index][2]);
            look(')') or need(',');
        }
    }
    my @shown;
    for my $member (@members) {
        my ($added, $name, $of) = @$member;
        next if $added && !defined $given{$name};
        my $value = $given{$name} // ($of =~ /\?\z/ ? 'null' : $of =~ /\*\z/ ? ['a']
            : $of eq 'B' ? 'false' : $of eq 'S' && $name eq 'vis' ? '"Private"'
            : broken("$kind needs $name"));
        push @shown, [$name, $value];
    }
    return node($shown ? $kind : undef, @shown);
}

# A name between backquotes may hold any characters.
sub word {
    @tokens && $tokens[0] =~ /^(?:::)?[\p{L}_`]/ or broken('no word');
    return shift(@tokens) =~ s/`//gr;
}

sub notation_S { return $tokens[0] =~ /^"/ ? text(unquoted(shift @tokens)) : text(word()) }
sub notation_I { return ident($tokens[0] =~ /^"/ ? unquoted(shift @tokens) : word()) }
sub notation_B { return word() }
sub notation_N { return shift @tokens }
sub unquoted { return JSON::PP->new->allow_nonref->decode($_[0]) }

sub number {
    my ($text) = @_;
    $text =~ tr/_//d;
    return $text =~ /\./ ? node('Float', ['text', text($text)])
        : node('Int', ['text', text($text)], ['base', 10]);
}

# A literal, or undef.
sub literal {
    my $first = $tokens[0] // broken('no value');
    return number(shift @tokens) if $first =~ /^[0-9]/;
    if ($first =~ /^"/) {
        return node('String', ['value', text(unquoted(shift @tokens))], ['form', '"Normal"']);
    }
    if ($first =~ /^'/) {
        my $char = unquoted('"' . substr(shift(@tokens), 1, -1) . '"');
        return node('Char', ['value', text($char)]);
    }
    return node('Bool', ['value', shift @tokens]) if $first eq 'true' || $first eq 'false';
    return undef if !$literal{$first} || ($tokens[1] // '') ne '(';
    shift @tokens;
    need('(');
    my $value = shift @tokens;
    my $string = $value =~ /^"/ ? unquoted($value) : $value;
    my $base = accept_token(',') ? shift @tokens : undef;
    need(')');
    return node('Int', ['text', text($string)], ['base', $base]) if $first eq 'Int';
    return node($first, ['text', text($string)]) if $first eq 'Float';
    return node($first, ['value', text($string)]) if $first eq 'Char';
    return node('String', ['value', text($string)],
        ['form', $first eq 'Raw' ? '"Raw"' : '"Multiline"']);
}

sub literal_node { return node('Literal', ['literal', $_[0]]) }
sub notation_Length { return literal() // notation_I() }

sub pairs {
    my ($type) = @_;
    my @fields;
    until (accept_token('}')) {
        my $name = notation_I();
        my $value = accept_token(':') ? notation($type) : undef;
        push @fields, [$name, $value];
        look('}') or need(',');
    }
    return @fields;
}

sub notation_FieldE {
    my $name = notation_I();
    need(':');
    return node(undef, ['name', $name], ['value', notation('E')]);
}

sub notation_FieldP {
    my $name = notation_I();
    return node(undef, ['name', $name],
        ['pattern', accept_token(':') ? notation('P') : 'null']);
}

sub notation_Arg {
    if (@tokens > 1 && $tokens[1] eq ':') {
        my $name = notation_I();
        need(':');
        return node('Named', ['name', $name], ['value', notation('E')]);
    }
    return node('Positional', ['value', notation('E')]);
}

sub notation_E {
    my $literal = literal();
    return literal_node($literal) if $literal;
    if (look('(')) {
        my @values = list('(', ')', 'E');
        return literal_node(@values ? node('Tuple', ['elements', ['a', @values]]) : node('Unit'));
    }
    if (look('[')) {
        return literal_node(node('Array', ['elements', ['a', list('[', ']', 'E')]]));
    }
    if (accept_token('#')) {
        return literal_node(node('Set', ['elements', ['a', list('{', '}', 'E')]]));
    }
    if (accept_token('{')) {
        my @fields = map { node(undef, ['name', $_->[0]], ['value', $_->[1]]) } pairs('E');
        return literal_node(node('Record', ['fields', ['a', @fields]]));
    }
    my $first = word();
    return node('Placeholder') if $first eq '_';
    if ($binary{$first} && accept_token('(')) {
        my $left = notation('E');
        need(',');
        my $right = notation('E');
        need(')');
        return node('Binary', ['op', "\"$first\""], ['lhs', $left], ['rhs', $right]);
    }
    if ($unary{$first} && accept_token('(')) {
        my $operand = notation('E');
        need(')');
        return node('Unary', ['op', "\"$first\""], ['operand', $operand]);
    }
    return fields($first, $expression{$first}, 1) if defined $expression{$first};
    my ($head, @rest) = $first =~ /^((?:::)?[^.:]+)/g;
    my $value = node('Var', ['ident', ident($head)]);
    my $tail = substr $first, length $head;
    while ($tail =~ /\G(\.|::)([^.:]+)/g) {
        my ($sep, $name) = ($1, $2);
        $value = $name =~ /^[0-9]/ ? node('TupleIndex', ['target', $value], ['index', $name])
            : node('Field', ['target', $value], ['field', ident($name)],
            $sep eq '::' ? ['sep', '"::"'] : ());
    }
    while (look('(')) {
        $value = node('Call', ['callee', $value], ['args', ['a', list('(', ')', 'Arg')]]);
    }
    return $value;
}

sub notation_P {
    if ($tokens[0] =~ /^-[0-9]/) {
        return node('PatNeg', ['literal', number(substr shift(@tokens), 1)]);
    }
    my $literal = literal();
    return node('PatLiteral', ['literal', $literal]) if $literal;
    if (look('(')) {
        my @values = list('(', ')', 'P');
        return node('PatTuple', ['elements', ['a', @values]]) if @values;
        return node('PatLiteral', ['literal', node('Unit')]);
    }
    return node('PatSlice', ['elements', ['a', list('[', ']', 'P')]]) if look('[');
    if (accept_token('..')) {
        return node('PatRest',
            ['name', @tokens && $tokens[0] =~ /^\p{L}/ ? notation_I() : 'null']);
    }
    my $first = word();
    return node('PatWildcard') if $first eq '_';
    return fields($first, $pattern{$first}, 1) if $pattern{$first};
    if (look('(') || $first =~ /^\p{Lu}|[.:]/) {
        my @values = look('(') ? list('(', ')', 'P') : ();
        return node('PatConstructor', ['name', ident($first)], ['args', ['a', @values]]);
    }
    return node('PatVar', ['ident', ident($first)]);
}

sub notation_T {
    my $literal = literal();
    return node('TyLiteral', ['literal', $literal]) if $literal;
    return node('TyTuple', ['elements', ['a', list('(', ')', 'T')]]) if look('(');
    if (accept_token('[')) {
        my $element = notation('T');
        need(']');
        return node('TySlice', ['element', $element]);
    }
    my $first = word();
    return fields($first, $type{$first}, 1) if $type{$first};
    return node('TyIdent', ['ident', ident($first)]) if !look('<');
    return node('TyApp', ['ident', ident($first)], ['args', ['a', list('<', '>', 'T')]]);
}

sub notation_Path {
    my $word = word();
    if ($word =~ s/^:://) {
        return node('Root', ['segments', ['a', map { ident($_) } split /\./, $word]]);
    }
    my @parts = split /\./, $word;
    my $head = shift @parts;
    my $depth = 1;
    if ($head eq 'super') {
        while (@parts && $parts[0] eq 'super') { shift @parts; $depth++ }
        $head = node('Super', ['depth', $depth]);
    } elsif ($head eq 'self') {
        $head = node('Self');
    } else {
        $head = node('Ident', ['ident', ident($head)]);
    }
    return node('Relative', ['head', $head], ['segments', ['a', map { ident($_) } @parts]]);
}

sub notation_Kind {
    my $first = $tokens[0];
    $declaration{$first} or broken('no declaration');
    return fields($first, $declaration{$first}, 1);
}

sub notation_Decl {
    return fields('Decl', $plain{Decl}, 0) if look('Decl');
    my $vis = accept_token('pub') ? '"Public"' : '"Private"';
    return node(undef, ['attrs', ['a']], ['vis', $vis], ['decl', notation('Kind')]);
}

sub notation_Stmt {
    my $first = $tokens[0];
    if ($first eq 'Decl' || $first eq 'pub' || $declaration{$first} && $tokens[1] eq '(') {
        return node('Decl', ['decl', notation('Decl')]);
    }
    if ($first eq 'Defer') {
        shift @tokens;
        need('(');
        my $value = notation('E');
        need(')');
        return node('Defer', ['expr', $value]);
    }
    return notation('E') if $first eq 'Assign';
    return node('Expr', ['expr', notation('E')]) if $first ne 'Expr';
    shift @tokens;
    need('(');
    my $value = notation('E');
    need(')');
    return node('Expr', ['expr', $value]);
}

sub notation_Body {
    return node('Block', ['stmts', ['a', list('{', '}', 'Stmt')]]) if look('{');
    return node('Expr', ['expr', notation('E')]);
}

sub notation_Effects {
    my @tags = list('[', ']', 'I');
    return node(undef, ['declared', ['a', @tags]], ['residual', ['a', @tags]], ['stage', 'null'],
        ['capabilities', ['a']], ['invalid_attributes', ['a']]);
}

# `x` alone is a parameter without type and default.
sub notation_Param {
    return fields('Param', $plain{Param}, 0) if look('Param');
    my $pattern = notation('P');
    my $type = accept_token(':') ? notation('T') : 'null';
    return node(undef, ['pattern', $pattern], ['type', $type], ['default', 'null']);
}

sub notation_Variant {
    return fields('Variant', $plain{Variant}, 0) if look('Variant');
    my $name = notation_I();
    my @types = look('(') ? list('(', ')', 'T') : ();
    return node(undef, ['name', $name], ['types', ['a', @types]]);
}

sub notation_Constr {
    return fields('Bound', 'target:T bounds:T*', 1) if look('Bound');
    return fields('Constr', $plain{Constr}, 0);
}

sub notation_Entry {
    my $first = $tokens[0];
    $entry{$first} or broken('no entry of a handler');
    return fields($first, $entry{$first}, 1);
}

sub notation_UseTree {
    my $first = $tokens[0];
    $use_tree{$first} or broken('no tree of a use');
    return fields($first, $use_tree{$first}, 1);
}

sub notation_UseItem {
    return fields('UseItem', $plain{UseItem}, 0) if look('UseItem');
    my $name = notation_I();
    return node(undef, ['name', $name], ['alias', 'null'], ['nested', 'null']);
}

sub notation_MonTarget {
    my $first = $tokens[0];
    $mon_target{$first} or broken('no target of a monitoring');
    return fields($first, $mon_target{$first}, 1);
}

sub notation_TraitItem {
    return fields('Method', $plain{Method}, 0) if look('Method');
    my $attrs = ['a'];
    if (accept_token('Attrs')) { $attrs = ['a', list('(', ')', 'Attr')] }
    return node(undef, ['attrs', $attrs], ['assoc', fields('Assoc', $plain{Assoc}, 0)]);
}

1;
