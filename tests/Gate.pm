# Running the gate (compat/gate) with producers whose answers are changed: what its tests share.
#
# The harness is $REML_BUILD/reml-compat, by default build/reml-compat.
package Gate;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);
use JSON::PP qw(decode_json);
use Test::More;
use Program;

our @EXPORT = qw($build $gate_folder all_metrics case_named gate gate_command json keep today);

our $build = abs_path($ENV{REML_BUILD} // 'build') // '';
our $gate_folder = abs_path(dirname(__FILE__) . '/../compat/gate');
-x "$build/reml-compat" or BAIL_OUT('reml-compat is not there');

# The day on which the entries of compat/gate/allowlist.txt were added: they expire, tests do not.
sub today { return '2026-11-21' }

sub keep { my ($name, @text) = @_; save($name, @text); return $name }

sub json { my ($name) = @_; return decode_json(load($name) // 'null') }

# Answers as the harness does; the answer to a case is $_ to the Perl code that changes it, and the
# case is $case.
my $fake = <<'END';
use strict;
use warnings;
use IO::Handle;
use IPC::Open2;
my ($harness, $changes) = @ARGV;
my %changes;
open my $file, '<:raw', $changes or die "$changes: $!";
while (<$file>) {
    my ($id, $code) = /^(\S+)\t(.*)$/ or next;
    $changes{$id} = eval "sub { my \$case = shift; $code }" or die "$code: $@";
}
my $child = open2(my $out, my $in, $harness, 'answer');
STDOUT->autoflush(1);
while (my $case = <STDIN>) {
    print $in $case;
    $in->flush;
    local $_ = <$out>;
    my ($id) = $case =~ /"id": "([^"]+)"/;
    my $change = $changes{$id} // $changes{'*'};
    $change->($case) if $change;
    print;
}
END

# A folder with a harness that changes its answers: code by the name of the case, `*` for the rest.
# `remlparse` is the real one unless a script is given.
sub producer {
    my ($folder, $changes, $remlparse) = @_;
    mkdir $folder;
    save("$folder/fake.pl", $fake);
    save("$folder/changes", map { "$_\t$changes->{$_}\n" } sort keys %$changes);
    save("$folder/reml-compat",
        "#!/bin/sh\nexec perl '$folder/fake.pl' '$build/reml-compat' '$folder/changes'\n");
    unlink "$folder/remlparse";
    if ($remlparse) { save("$folder/remlparse", "#!/bin/sh\n$remlparse\n") }
    else { symlink "$build/remlparse", "$folder/remlparse" or die $! }
    chmod 0755, "$folder/reml-compat", $remlparse ? "$folder/remlparse" : ();
    return $folder;
}

# The gate with these arguments; it never dies with a traceback.
sub gate_command {
    my (@arguments) = @_;
    my $answer = run_program("$gate_folder/compat", \@arguments);
    unlike($answer->{err}, qr/Traceback|Error:/, 'no traceback') if $answer->{err} ne '';
    return $answer;
}

# Runs the gate on a case list and returns what came out. `component` and `reference` hold changes
# of the answers; a `reference` of 0 means the recorded answers. `allow` is the allow-list's text.
sub gate {
    my ($list, %how) = @_;
    my $out = $how{out} // 'run';
    my $here = abs_path('.');
    keep('cases.list', $list);
    keep('allow.list', $how{allow} // '');
    my @arguments = ('cases.list', '--out', $out, '--allow-list', 'allow.list',
        '--today', $how{today} // today());
    my $reference = $how{reference} // {};
    if ($reference) {
        my $folder = producer("$here/reference", $reference);
        push @arguments, '--reference-command', "$folder/reml-compat answer";
    }
    push @arguments, '--build', producer("$here/component", $how{component} // {}, $how{remlparse});
    my $answer = gate_command('run', @arguments, @{ $how{arguments} // [] });
    return $answer if $answer->{code} == 2;
    $answer->{summary} = json("$out/summary.json");
    $answer->{metrics} = { map { $_->{metric} => $_ } all_metrics("$out/metrics.json") };
    $answer->{report} = load("$out/report.md");
    return $answer;
}

# The metrics of all sections in a file.
sub all_metrics { my ($name) = @_; return map { @{ $_->{metrics} } } @{ json($name) } }

# What the summary of a run says about a case.
sub case_named {
    my ($answer, $name) = @_;
    my ($record) = grep { $_->{case} eq $name } @{ $answer->{summary}{cases} };
    return $record // {};
}

1;
