package webpush

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// The address of a push service is whatever a browser says, so anybody who may sign in could have the server knock on doors of
// its own house. Hence nothing but public addresses is dialled, as they are once names are resolved.

const (
	patience    = 10 * time.Second // with all of a message
	mostHeaders = 16 << 10
)

// Outside is a client that reaches nothing but public addresses, by https at its port, follows nowhere, and gives up soon.
func Outside() *http.Client {
	dialer := &net.Dialer{Timeout: patience, Control: func(_, address string, _ syscall.RawConn) error { return public(address) }}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		// No proxy: what it dials nobody could look at.
		Transport: &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: mostHeaders,
			TLSHandshakeTimeout: patience, MaxIdleConns: 20, IdleConnTimeout: 30 * time.Second},
	}
}

// public refuses what is not reachable by everybody, for good: the name of a push service never leads there.
func public(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || at.Port() != 443 {
		return fmt.Errorf("%w: %s is not where push services are", ErrRefused, address)
	}
	ip := at.Addr().Unmap()
	if translated := netip.MustParsePrefix("64:ff9b::/96"); translated.Contains(ip) { // NAT64: the last four bytes are the address
		last := ip.As16()
		ip = netip.AddrFrom4([4]byte(last[12:]))
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || slices.ContainsFunc(reserved(), func(network netip.Prefix) bool { return network.Contains(ip) }) {
		return fmt.Errorf("%w: %s is not a public address", ErrRefused, ip)
	}
	return nil
}

// reserved are the networks that look public and are not, or that hide another address in theirs.
func reserved() []netip.Prefix {
	var networks []netip.Prefix
	for _, network := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		networks = append(networks, netip.MustParsePrefix(network))
	}
	return networks
}

// withoutPath takes out of a client's error the address that it was for: who knows it whole may reach the browser.
func withoutPath(err error) error {
	if told, ok := errors.AsType[*url.Error](err); ok {
		return told.Err
	}
	return err
}
