#!/usr/bin/env perl
# The manual pages: they are laid out without warnings, name what there is, and their examples work.
# The programs are in $REML_BUILD, by default build.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use FindBin;
use lib $FindBin::Bin;
use Program;

my $root = abs_path("$FindBin::Bin/..");
my $build = abs_path($ENV{REML_BUILD} // 'build');
my $cc = $ENV{CC} // 'cc';
my %page = (
    'remlparse(1)' => "$root/driver/remlparse.1",
    'remlparse(3)' => "$root/driver/remlparse.3",
    'reml-compat(1)' => "$root/compat/reml-compat.1",
);
-e "$build/remlparse" or BAIL_OUT("$build/remlparse is not there");
isolate();

sub says {
    my ($words) = @_;
    my $output = qx($words 2>&1);
    return "$?: $output";
}

sub is_there {
    my ($tool) = @_;
    return system("command -v $tool >/dev/null 2>&1") == 0;
}

# What a reader sees: without macros, fonts and escapes.
sub plain {
    my ($text) = @_;
    my %shown = ('\-' => '-', '\e' => '\\', '\(aq' => "'", '\(ga' => '`', '\(ha' => '^',
        '\(ti' => '~', '\~' => ' ', '\&' => '');
    $text =~ s/^\.[BI] //gm;
    $text =~ s/^\.(?:BR|BI|RB|RI|IR) (.*)$/alternating($1)/gem;
    $text =~ s/(\\\(..|\\.)/$shown{$1} \/\/ die "escape $1 is not known"/ge;
    return $text;
}

# Arguments of a macro that changes fonts have no blanks between them unless they are quoted.
sub alternating {
    my ($line) = @_;
    return join '', map { /^"(.*)"$/ ? $1 : $_ } $line =~ /"[^"]*"|\S+/g;
}

# The examples between .EX and .EE, in order.
sub examples {
    my ($name) = @_;
    return map { plain($_) } load($page{$name}) =~ /^\.EX\n(.*?)^\.EE$/gms;
}

chosen 'Layout' => sub {
    my ($version) = load("$root/driver/remlparse.h") =~ /^#define REML_VERSION "(.*)"$/m;
    for my $name (sort keys %page) {
        my $text = load($page{$name}) // '';
        my ($title, $section) = $name =~ /^(.*)\((.*)\)$/;
        like($text, qr/^\.TH \U\Q$title\E\E $section "" "remlparse \Q$version\E" "/m,
            "$name has its title, section and version");
        (my $written = $title) =~ s/-/\\-/g;
        like($text, qr/^\.SH NAME\n\Q$written\E \\- \S/m, '... and its name');
        my @odd = grep { /[^\x00-\x7F]|\s\z|.{101}/ } split /\n/, $text;
        is_deeply(\@odd, [], '... in ASCII, with lines of at most 100 columns');
      SKIP: {
            skip 'groff is not there', 1 unless is_there('groff');
            is(says("groff -ww -man -Tutf8 -Z $page{$name} >/dev/null"), '0: ',
                'groff has no warning');
        }
      SKIP: {
            skip 'man is not there', 1 unless is_there('man');
            is(says("man --warnings -E UTF-8 -l -Tutf8 -Z $page{$name} >/dev/null"), '0: ',
                'neither has man');
        }
    }
};

chosen 'remlparse(3) and the headers' => sub {
    my $headers = join '', map { load($_) } "$root/driver/remlparse.h", glob "$root/*/reml_*.h";
    my $page = plain(load($page{'remlparse(3)'}));
    my %used = map { $_ => 1 } $page =~ /\b(reml_\w+?)\b(?!\.|_)/g;
    cmp_ok(scalar keys %used, '>', 40, 'the page names functions and types');
    is_deeply([grep { $_ ne 'reml_write_' && $headers !~ /\b$_\b/ } sort keys %used], [],
        '... that are there');
    my ($synopsis) = $page =~ /^\.nf\n(.*?)^\.fi$/ms;
    my @declared = grep { /\(/ } map { s/\s+/ /gr =~ s/^ //r } $synopsis =~ /([^;#]+;)/g;
    cmp_ok(scalar @declared, '>=', 12, 'the synopsis declares functions');
    s/^.*> //, s/\.PP //g for @declared;
    (my $flat = $headers) =~ s/\s+/ /g;
    like($flat, qr/REML_API \Q$_\E/, "as the header does: $_") for @declared;
};

chosen 'The example of remlparse(3)' => sub {
    plan skip_all => 'a sanitized library needs a sanitized program' if $ENV{REML_SANITIZE};
    my ($program) = grep { /int main/ } examples('remlparse(3)');
    ok(defined $program, 'there is a program') or return;
    save('program.c', $program);
    my @include = map { "-I$root/$_" } qw(driver grammar lexer);
    is(says("$cc -std=c11 -Wall -Wextra -Wpedantic -Werror @include -o program program.c "
            . "$build/libremlparse.a -lunistring -lgc -lm"), '0: ', '... that can be compiled');
    my $good = run_program('./program', [], in => "$root/tests/samples/inventory.reml");
    exits($good, 0, '... that reads a program');
    like($good->{out}, qr/\A(?:[A-Z]\w+\n){5,}\z/, '... and names its declarations');
    like($good->{out}, qr/^Fn$/m, '... a function among them');
    my $bad = run_program('./program', [], in => "$root/tests/samples/mistake.reml");
    exits($bad, 1, '... that finds a mistake');
    like($bad->{err}, qr/\A<stdin>:11:16: error: \S/, '... and says where');
};

chosen 'reml-compat(1)' => sub {
    plan skip_all => 'reml-compat is not there' unless -x "$build/reml-compat";
    my $page = plain(load($page{'reml-compat(1)'}));
    my $help = qx($build/reml-compat --help);
    my @words = ($help =~ /reml-compat ([a-z]+)/g, $help =~ /(--[a-z]+)/g);
    cmp_ok(scalar @words, '>=', 3, '--help names subcommands and options');
    like($page, qr/\Q$_\E\b/, "the page describes $_") for @words;
    my ($question) = examples('reml-compat(1)');
    local $ENV{PATH} = "$build:$ENV{PATH}";
    is(says($question), qq(0: {"id":7,"ast_text":"let x = int(1:base10)"}\n), 'its example works');
};

done_testing;
