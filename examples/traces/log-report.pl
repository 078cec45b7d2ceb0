# Reads the made-up log of a web server, keeps the sessions of its visitors until
# they have been idle for a while, and writes a report of each day: a hash for
# every request that dies first in, first out, counters and lists that stay and
# grow, strings of very different lengths, and a text that becomes long.

use strict;
use warnings;

my $seed = 20240229;

sub random {
    my ($limit) = @_;
    $seed = ($seed * 1103515245 + 12345) % 2147483648;
    return int($seed / 65536) % $limit;
}

my @sections = qw(news maps weather recipes archive search help music);
my @browsers = (
    'Lynx/2.9', 'Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko Firefox/115.0',
    'curl/7.88.1', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 13_4) Safari/605.1',
);

sub make_query {
    return join '&', map { "key$_=" . 'x' x (1 + random(60)) } 1 .. random(6);
}

sub make_line {
    my ($time) = @_;
    my $visitor = join '.', 10, random(4), random(8), random(8);
    my $path = "/$sections[random(scalar @sections)]/" . random(40) . '.html';
    my $query = random(3) ? '' : '?' . make_query();
    my $status = random(20) ? 200 : 404;
    my $bytes = 200 + random(90_000);
    return "$visitor $time GET $path$query $status $bytes "
        . $browsers[random(scalar @browsers)];
}

sub parse_line {
    my ($line) = @_;
    my ($visitor, $time, $method, $url, $status, $bytes, $browser) =
        split ' ', $line, 7;
    my ($path, $query) = split /\?/, $url, 2;
    my %request = (
        visitor => $visitor, time => $time, method => $method, path => $path,
        status => $status, bytes => $bytes, browser => $browser, line => $line,
    );
    $request{arguments} = { map { split /=/ } split /&/, $query } if $query;
    return \%request;
}

# A visitor's requests, until the next is too long after the last.
sub close_session {
    my ($report, $session) = @_;
    my @requests = @$session;
    my $bytes = 0;
    $bytes += $_->{bytes} for @requests;
    return if @requests < 2;
    $$report .= sprintf "%s: %d requests, %d bytes: %s\n",
        $requests[0]{visitor}, scalar @requests, $bytes,
        join ' > ', map { $_->{path} } @requests;
}

sub close_idle_sessions {
    my ($report, $sessions, $before) = @_;
    for my $visitor (sort keys %$sessions) {
        my $session = $sessions->{$visitor};
        next if $session->[-1]{time} >= $before;
        close_session($report, $session);
        delete $sessions->{$visitor};
    }
}

sub count_request {
    my ($pages, $request) = @_;
    my $page = $pages->{ $request->{path} } //= { visitors => {}, sizes => [] };
    $page->{visitors}{ $request->{visitor} }++;
    push @{ $page->{sizes} }, $request->{bytes};
    push @{ $page->{missing} }, $request->{line} if $request->{status} == 404;
}

sub render_pages {
    my ($pages) = @_;
    my @lines;
    for my $path (sort keys %$pages) {
        my $page = $pages->{$path};
        my @sizes = sort { $a <=> $b } @{ $page->{sizes} };
        push @lines, sprintf "%-24s %5d visitors, median %6d bytes, missing %s",
            $path, scalar keys %{ $page->{visitors} }, $sizes[ @sizes / 2 ],
            join '; ', @{ $page->{missing} // [] };
    }
    return join "\n", @lines;
}

sub make_web_page {
    my ($text) = @_;
    $text =~ s{ > }{ &gt; }g;
    $text =~ s{(/\w+/\d+\.html)}{<a href="$1">$1</a>}g;
    return "<!DOCTYPE html>\n<title>Log</title>\n<pre>$text</pre>\n";
}

my $time = 0;
my (%sessions, @days);
for my $day (1 .. 3) {
    my (%pages, $report);
    for (1 .. 500) {
        $time += random(4);
        my $request = parse_line(make_line($time));
        count_request(\%pages, $request);
        push @{ $sessions{ $request->{visitor} } }, $request;
        close_idle_sessions(\$report, \%sessions, $time - 400) if !random(50);
    }
    push @days, $report . render_pages(\%pages);
}
my $page = make_web_page(join "\n", @days);
printf "%d days, a page of %d bytes, %d sessions left\n",
    scalar @days, length $page, scalar keys %sessions;
