package markdown

import (
	"strings"
	"testing"
)

func TestRender_DefusesKnownVectors(t *testing.T) {
	t.Parallel()
	r := New()
	for _, text := range vectors {
		out := r.Render(text, everyone())
		checkSafe(t, text, out)
		if strings.Contains(strings.ToLower(out), "<script") {
			t.Errorf("%q: %q", text, out)
		}
	}
}

var vectors = []string{
	"<script>alert(1)</script>",
	"<SCRIPT SRC=https://e.com/x.js></SCRIPT>",
	"<scr<script>ipt>alert(1)</scr</script>ipt>",
	"<script/x>alert(1)</script\t\n bar>",
	"<<script>alert(1)//<</script>",
	"<img src=x onerror=alert(1)>",
	"<img src=https://e.com/x.png onerror=alert(1)>",
	"<img src=`javascript:alert(1)`>",
	"<img \"\"\"><script>alert(1)</script>\">",
	"<img src=\"https://e.com/x\" style=\"position:fixed;inset:0\">",
	"<img/src=https://e.com/x/onload=alert(1)>",
	"<img src=data:image/svg+xml;base64,PHN2Zz4=>",
	"<img src=//e.com/x><img src=http://e.com/x><img srcset='https://e.com/x 2x'>",
	"![x](javascript:alert(1))", "![x](data:text/html,x)", "![x\" onerror=\"alert(1)](https://e.com/x)",
	"![x](https://e.com/\"onerror=\"alert(1))",
	"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\nscript:alert(1))", "[x](java&#10;script:alert(1))",
	"[x](javascript&colon;alert(1))", "[x](&#x6A&#x61vascript:alert(1))", "[x]( javascript:alert(1))", "[x](\x01javascript:alert(1))",
	"[x](<javascript:alert(1)>)", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "[x](file:///etc/passwd)",
	"[x](//e.com)", "[x](/\\e.com)", "[x](\\\\e.com)", "[x](https:e.com)", "[x](/\t/e.com)",
	"[x](https://e.com \"a\" onclick=\"alert(1)\")", "[x](https://e.com 'a\" onclick=\"alert(1)')",
	"[x]: javascript:alert(1)\n\n[x]", "<javascript:alert(1)>", "<data:text/html,x>",
	"<a href=javascript:alert(1)>x</a>", "<a href=\"jav\tascript:alert(1)\">x</a>", "<a href=' &#14; javascript:alert(1)'>x</a>",
	"<a href=https://e.com target=_top rel=opener ping=https://e.com download>x</a>",
	"<a href=https://e.com id=notice class=button name=x hx-get=/x data-hx-get=/x data-action=save style=color:red onclick=x>x</a>",
	"<a class=issue-ref href=https://e.com>ENG-1</a>", "<span class=mention>@ann</span>",
	"<div hx-get=/x hx-trigger=load hx-on:click=alert(1) data-live=x>x</div>", "<p hx-boost=true :hx-get=x x-data=x @click=x v-html=x>x</p>",
	"<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
	"<svg><style><img src=x onerror=alert(1)></style></svg>", "<math><mi xlink:href=javascript:alert(1)>x</mi></math>",
	"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
	"<style>body{display:none}</style>", "<link rel=stylesheet href=https://e.com/x.css>", "<meta http-equiv=refresh content=0>", "<base href=https://e.com>",
	"<iframe src=https://e.com></iframe>", "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=x></object>", "<embed src=x>", "<applet>",
	"<form action=https://e.com><input name=password><button>x</button></form>", "<input type=password autofocus onfocus=alert(1)>",
	"<input type=checkbox>", "<input type=image src=https://e.com>", "<textarea><script>alert(1)</script></textarea>", "<select><option>x</select>",
	"<video src=https://e.com onerror=x><source>", "<audio autoplay>", "<body onload=alert(1)>", "<html><head><title>x</title></head>",
	"<marquee onstart=alert(1)>x</marquee>", "<details open ontoggle=alert(1)><summary>x</summary></details>", "<dialog open>x</dialog>",
	"<template><script>alert(1)</script></template>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<xmp><script></xmp>",
	"<plaintext>", "<!-- x --><!--><script>alert(1)</script-->", "<!DOCTYPE html>", "<?php x ?>", "<![CDATA[<script>alert(1)</script>]]>", "<slot name=x>",
	"<is-land>x</is-land>", "<p is=x-y part=z slot=q>x</p>", "<portal src=x>", "<isindex action=javascript:alert(1)>",
	"`<script>`", "```\"><script>alert(1)</script>\nx\n```", "```x\" onclick=\"alert(1)\nx\n```", "~~~ <b>\nx\n~~~", "# x {#id .class onclick=alert(1)}",
	"|a|\n|-|\n|<script>alert(1)</script>|", "- [x] <script>alert(1)</script>", "ENG-1<script>@ann</script>", "\x00<script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
	// What would leave the element that holds the text.
	"</div>", "</div></li></ul><div>", "<div>", "<b><i><table>", "</p></p>", "<li>x", "<ul><li>", "<dt>x<dd>y", "<div><li>x</li></div>", "<ul><div><li>x",
	"<td>x", "<tr><td>x</td></tr></table>", "<table><li>x</li></table>", "<table><a href=https://e.com>x<a href=https://f.com>y", "<caption>x", "</td></tr></table>",
	"<a href=https://e.com>", "<a href=https://e.com><a href=https://f.com>", "<a href=https://e.com><table><td><a href=https://f.com>x", "<h1><h2>x", "<pre>\n\n<li>",
	"<p><table><p>", "<summary><details>", "</br>", "<br/><hr/>x</hr>", "<code><li>x", "[<li>x](https://e.com)", "<a href=https://e.com>[x](https://f.com)</a>",
}
