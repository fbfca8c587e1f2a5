#!/usr/bin/env python3
"""A table of small recordings, each with values that the server issued and values that it did not.

import_cases.py REPRISE: imports each and prints one line: the extracted values, the suggested ones,
and the unchanged ones, in the order of the table. A value of `right` must be extracted, one of
`wrong` must stay unchanged, one of `secret` must not be in any file or output. A line that starts
with WRONG names a value that does not match; the exit status is then 1.
"""
import base64
import json
import re
import subprocess
import sys
import urllib.parse

from recording_parts import (EVENT, FORM, HOST, JSON, JWT, T1, T2, U1, U2, VIEW, data, form, get, har, hidden, page,
                             post, redirect)

CASES = []


def case(name, *entries, right=(), wrong=(), secret=(), creator="Chrome"):
    CASES.append((name, entries, right, wrong, secret, creator))


# ---- values issued by a server

case("hidden input", get("/login", page(hidden("_token", T1))),
     form("/login", [("_token", T1), ("user", "anna")]), right=[T1], wrong=["anna"])
case("rails authenticity_token with a base64 tail", get("/new", page(hidden(
     "authenticity_token", "Qm9zU2dN+3k5/7hXpL0wZg=="))),
     form("/posts", [("authenticity_token", "Qm9zU2dN+3k5/7hXpL0wZg=="), ("title", "Hello")]),
     right=["Qm9zU2dN"], wrong=["Hello"])
case("django csrfmiddlewaretoken", get("/a", page(
     "<input value='%s' type='hidden' name='csrfmiddlewaretoken'>" % (T1 + T2))),
     form("/a", [("csrfmiddlewaretoken", T1 + T2), ("q", "shoes")]), right=[T1 + T2],
     wrong=["shoes"])
case("spring _csrf, a uuid", get("/login", page(hidden("_csrf", U1))),
     form("/login", [("_csrf", U1)]), right=[U1])
case("spring _csrf in meta tags, sent in a header", get("/", page(
     '<meta name="_csrf" content="%s"><meta name="_csrf_header" content="X-CSRF-TOKEN">' % U1)),
     post("/api/a", {"x": 1}, headers={"X-CSRF-TOKEN": U1}), right=[U1])
case("__VIEWSTATE of each page", get("/f.aspx", page(hidden("__VIEWSTATE", VIEW) + hidden(
     "__EVENTVALIDATION", EVENT) + hidden("__VIEWSTATEGENERATOR", "C2EE9ABB"))),
     form("/f.aspx", [("__VIEWSTATE", VIEW), ("__VIEWSTATEGENERATOR", "C2EE9ABB"),
                      ("__EVENTVALIDATION", EVENT)],
          page(hidden("__VIEWSTATE", VIEW[:-4] + "a2b=") + hidden("__EVENTVALIDATION", EVENT))),
     form("/f.aspx", [("__VIEWSTATE", VIEW[:-4] + "a2b="), ("__EVENTVALIDATION", EVENT)]),
     right=[VIEW[:20], EVENT[:20]])
case("token in a script's variable", get("/", page(
     "<script>window.csrfToken = '%s';</script>" % T1)),
     post("/api", {"a": 1}, headers={"X-CSRF-Token": T1}), right=[T1])
case("token in a script's object", get("/", page(
     '<script>var app = {"session": {"nonce":"%s"}};</script>' % T1)),
     get("/api?nonce=" + T1), right=[T1])
case("next data in a script of JSON", get("/", page(
     '<script id="__NEXT_DATA__" type="application/json">{"props":{"user":{"id":"%s"}}}</script>'
     % U1)), get("/api/users/" + U1), right=[U1])
case("a response that ended after the request had begun", get(
    "/a", page(hidden("basketId", T1)), took=3000), form("/b", {"basketId": T1}), wrong=[T1])
case("data attribute", get("/", page('<div data-cart-id="%s"></div>' % T1)),
     post("/api/cart", {"cartId": T1}), right=[T1])
case("action of a form", get("/", page('<form action="/flow/%s/next"></form>' % T1)),
     form("/flow/%s/next" % T1, [("a", "b")]), right=[T1])
case("link with entities", get("/", page('<a href="/go?a=1&amp;ticket=%s">x</a>' % T1)),
     get("/go?a=1&ticket=" + T1), right=[T1])
case("hidden value with entities", get("/", page(hidden("key", "a1&amp;b2&lt;c3d4e5f6g7&quot;h8i9"))),
     form("/x", [("key", 'a1&b2<c3d4e5f6g7"h8i9')]), right=["c3d4e5f6g7"])
case("bearer token of a login", post("/login", {"name": "a"}, data({"token": JWT})),
     get("/me", data({"a": 1}), headers={"Authorization": "Bearer " + JWT}), right=[JWT])
case("Token scheme", post("/login", {"name": "a"}, data({"key": "9944b09199c62bcf9418ad846dd0e4bb"})),
     get("/me", headers={"Authorization": "Token 9944b09199c62bcf9418ad846dd0e4bb"}),
     right=["9944b09199c62bcf9418ad846dd0e4bb"])
case("response header to request header", get("/a", page("x", headers={"X-Auth-Token": T1})),
     get("/b", headers={"X-Auth-Token": T1}), right=[T1])
case("Authorization response header", post("/login", {"n": 1}, data({}, headers={
     "Authorization": "Bearer " + JWT})), get("/b", headers={"Authorization": "Bearer " + JWT}),
     right=[JWT])
case("XSRF-TOKEN cookie mirrored", get("/", page("x", headers={
     "Set-Cookie": "XSRF-TOKEN=%s; Path=/" % T1})),
     post("/a", {"b": 1}, headers={"X-XSRF-TOKEN": T1, "Cookie": "XSRF-TOKEN=" + T1}), right=[T1])
case("Laravel cookie, percent-encoded", get("/", page("x", headers={
     "Set-Cookie": "XSRF-TOKEN=eyJpdiI6Ikd%s%%3D; Path=/" % T1})),
     post("/a", {"b": 1}, headers={"X-XSRF-TOKEN": "eyJpdiI6Ikd%s=" % T1}), right=[T1])
case("id of a 201 into the path", post("/orders", {"item": "pen"}, data({"id": 7}, status=201)),
     get("/orders/7", data({"id": 7, "item": "pen"})), right=["orders/7"], wrong=["pen"])
case("id of a 201 by Location", post("/orders", {"item": "pen"}, dict(
     status=201, headers={"Location": "/orders/7"}, type=JSON, body="")),
     get("/orders/7"), right=["orders/7"])
case("id of a 303", form("/orders", [("item", "pen")], redirect("/orders/48351", 303)),
     get("/orders/48351"), form("/orders/48351/pay", [("by", "card")]), right=["/48351/"])
case("id of a list by its name", get("/api/items", data({"items": [
     {"id": "i-77aa31", "name": "Pen"}, {"id": "i-90bc42", "name": "Cup"}]})),
     post("/api/cart", {"itemId": "i-90bc42"}), right=["i-90bc42"])
case("number of a list into the path", get("/api/products", data([
     {"id": 10231, "sku": "A-1"}, {"id": 10377, "sku": "B-2"}])),
     get("/api/products/10377"), right=["products/10377"])
case("nested and in an array", get("/api/a", data({"d": [{"e": [{"sessionId": T1}]}]})),
     get("/api/b?sessionId=" + T1), right=[T1])
case("JSON in a JSON string", get("/api/a", data({"state": json.dumps({"ticket": T1, "n": 1})})),
     post("/api/b", {"ticket": T1}), right=[T1])
case("sent as JSON in a JSON string", get("/api/a", data({"ticket": T1})),
     post("/api/b", {"inner": json.dumps({"ticket": T1})}), right=[T1])
case("OAuth code and state", get("/auth?client_id=shop&state=" + T2, redirect(
     HOST + "/cb?code=%s&state=%s" % (T1, T2))), get("/cb?code=%s&state=%s" % (T1, T2)),
     form("/token", [("grant_type", "authorization_code"), ("code", T1)]), right=[T1],
     wrong=["shop", "authorization_code"])
case("access token in a fragment", get("/auth", redirect("/done#access_token=%s&type=x" % T1)),
     get("/done"), get("/me", headers={"Authorization": "Bearer " + T1}), right=[T1])
case("GraphQL id", post("/graphql", {"query": "mutation{m{id}}"}, data(
     {"data": {"createCart": {"id": "Q2FydDo4NzE2MjM0MQ=="}}})),
     post("/graphql", {"query": "query($id:ID!){n}", "variables": {"id": "Q2FydDo4NzE2MjM0MQ=="}}),
     right=["Q2FydDo4NzE2MjM0MQ"])
case("cursor of a page", get("/api/a", data({"next_cursor": "bmV4dF90czoxNTEyMDg1ODYx"})),
     get("/api/a?cursor=bmV4dF90czoxNTEyMDg1ODYx"), right=["bmV4dF90czoxNTEyMDg1ODYx"])
case("base64 of what was issued", get("/a", data({"ticket": T1})),
     post("/b", {"auth": base64.b64encode(T1.encode()).decode()}),
     right=[base64.b64encode(T1.encode()).decode()])
case("upper case of what was issued", get("/a", data({"ticket": "9f3c2ab17de84c50"})),
     post("/b", {"ticket": "9F3C2AB17DE84C50"}), right=["9F3C2AB17DE84C50"])
case("part of a longer header", get("/a", data({"token": T1})),
     get("/b", headers={"X-Session": "v1|" + T1 + "|web"}), right=[T1])
case("issued again in each response", get("/a", data({"csrf": T1})), post("/b", {"csrf": T1}, data(
     {"csrf": T2})), post("/c", {"csrf": T2}), right=[T1, T2])
case("multipart field", get("/up", page(hidden("token", T1))),
     dict(method="POST", url="/up", type="multipart/form-data; boundary=xx",
          body='--xx\r\nContent-Disposition: form-data; name="token"\r\n\r\n%s\r\n--xx--\r\n' % T1,
          answer=page("ok")), right=[T1])
case("SOAP header", dict(method="POST", url="/soap", type="text/xml", body="<a><login/></a>",
     answer=dict(type="text/xml", body="<?xml version='1.0'?><e><sessionId>%s</sessionId></e>" % T1)),
     dict(method="POST", url="/soap", type="text/xml",
          body="<?xml version='1.0'?><e><sessionId>%s</sessionId><q>1</q></e>" % T1,
          answer=dict(type="text/xml", body="<ok/>")), right=[T1])
case("JSONP", get("/j?callback=cb", dict(type="application/javascript",
     body='cb({"token":"%s"});' % T1)), get("/api?token=" + T1), right=[T1])
case("socket.io sid", get("/socket.io/?EIO=4", dict(type="text/plain",
     body='0{"sid":"%s","upgrades":[]}' % T1)), get("/socket.io/?EIO=4&sid=" + T1), right=[T1])
case("PUT of a whole resource keeps its id", get("/api/users/me", data(
     {"id": "u-55ab91", "name": "Ann", "city": "Ulm", "zip": "89073", "tel": "0731123456",
      "mail": "a@example.org", "age": 44})),
     post("/api/users/u-55ab91", {"id": "u-55ab91", "name": "Ann", "city": "Ulm", "zip": "89073",
          "tel": "0731123456", "mail": "b@example.org", "age": 44}, method="PUT"),
     right=["u-55ab91"], wrong=["0731123456", "89073"])
case("option of a select by its value", get("/f", page(
     '<select name="slot"><option value="slot-%s">9:00</option></select>' % T1)),
     form("/f", [("slot", "slot-" + T1)]), right=[T1])
case("textarea", get("/f", page('<textarea name="token">%s</textarea>' % T1)),
     form("/f", [("token", T1)]), right=[T1])
case("If-None-Match is not sent at all", get("/a", data({"a": 1}, headers={"ETag": '"%s"' % T1})),
     get("/a", headers={"If-None-Match": '"%s"' % T1}), right=[T1])
case("If-Match of a change", get("/a/1", data({"a": 1}, headers={"ETag": '"%s"' % T1})),
     post("/a/1", {"a": 2}, method="PUT", headers={"If-Match": '"%s"' % T1}), right=[T1])

case("slug of an article just written", post("/api/articles", {"title": "How to train"}, data(
     {"article": {"slug": "how-to-train-12", "title": "How to train"}}, status=201)),
     get("/api/articles/how-to-train-12"), right=["how-to-train-12"])
case("list of products, one typed", get("/", page('<input name="q">')), get(
     "/search?q=blue+mug", data({"hits": [{"id": 88121, "name": "red mug"}, {
         "id": 88214, "name": "blue mug"}]})), get("/products/88214"), right=["88214"],
     wrong=["blue+mug"])
case("camel token of letters only", get("/", page(hidden("csrf", "KqZrXwLmPsTbVnCa"))),
     form("/a", [("csrf", "KqZrXwLmPsTbVnCa")]), right=["KqZrXwLmPsTbVnCa"])
case("token of lower letters only", get("/", page(hidden("csrf_token", "qkzrxwlmpstbvnca"))),
     form("/a", [("csrf_token", "qkzrxwlmpstbvnca")]), right=["qkzrxwlmpstbvnca"])
case("JWT of a cookie into a header", post("/login", {"a": 1}, data({}, headers={
     "Set-Cookie": "access=%s; HttpOnly" % JWT})),
     get("/me", headers={"Authorization": "Bearer " + JWT}), right=[JWT])
case("refresh token, then the new bearer", post("/login", {"a": 1}, data(
     {"access_token": JWT, "refresh_token": T1})),
     post("/refresh", {"refresh_token": T1}, data({"access_token": JWT[:-6] + "Zx91Qa"})),
     get("/me", headers={"Authorization": "Bearer " + JWT[:-6] + "Zx91Qa"}), right=[JWT[:-6], T1])
case("SAML response in a form", get("/sso", page(hidden("SAMLResponse", base64.b64encode(
     b"<samlp:Response ID='_8e8dc5f69a98cc4c1ff3427e5ce34606'>").decode()) + hidden(
     "RelayState", T2))), form("/acs", [("SAMLResponse", base64.b64encode(
     b"<samlp:Response ID='_8e8dc5f69a98cc4c1ff3427e5ce34606'>").decode()), ("RelayState", T2)]),
     right=[T2, "PHNhbWxwOlJlc3"])
case("jsessionid in the path", get("/", page('<a href="/shop/cart;jsessionid=%s">c</a>' % T1.upper())),
     get("/shop/cart;jsessionid=" + T1.upper()), right=[T1.upper()])
case("WordPress nonce of ten hex", get("/wp-admin/", page(
     '<script>var wpApiSettings={"root":"x","nonce":"b4ea5c1d2f"};</script>')),
     post("/wp-json/a", {"a": 1}, headers={"X-WP-Nonce": "b4ea5c1d2f"}), right=["b4ea5c1d2f"])
case("numeric id of a hidden input", get("/a", page(hidden("order_id", "4711"))),
     form("/b", [("order_id", "4711")]), right=["4711"])
case("id of a row's link", get("/orders", page("".join(
     '<tr><td><a href="/orders/%d">x</a></td></tr>' % n for n in (10231, 10377, 10942)))),
     get("/orders/10377"), right=["orders/10377"])
case("short id of a POST in a nested path", post("/api/carts", {}, data({"cartId": 12}, status=201)),
     post("/api/carts/12/items", {"sku": "A"}, data({"id": 3}, status=201)),
     post("/api/carts/12/items/3", {"n": 2}, method="PATCH"), right=["carts/12", "items/3"])
case("Mongo id of a list", get("/api/notes", data([{"_id": "64f1c2a9e4b0a1b2c3d4e5f6"}, {
     "_id": "64f1c2a9e4b0a1b2c3d4e5f7"}])), get("/api/notes/64f1c2a9e4b0a1b2c3d4e5f7"),
     right=["64f1c2a9e4b0a1b2c3d4e5f7"])
case("escaped in a script", get("/", page('<script>var s={"token":"%s\\u003d\\u003d"}</script>' % T1)),
     get("/api?token=%s%%3D%%3D" % T1), right=[T1])
case("ids used twice, re-issued csrf on a GET between", get("/a", page(hidden("_csrf", T1))),
     form("/a", [("_csrf", T1)], page(hidden("_csrf", T2))), get("/c"), form("/d", [("_csrf",
     T2)]), right=[T1,T2])
case("same csrf on two pages", get("/a", page(hidden("_csrf", T1))), get("/b", page(hidden("_csrf",
     T1))), form("/d", [("_csrf", T1)]), right=[T1])
case("two forms on a page, the second's token", get("/a", page(hidden("t", T1)+hidden("t", T2))),
     form("/d", [("t", T2)]), right=[T2])
case("data id number", get("/a", page('<button data-product-id="48213">Buy</button>')),
     form("/cart", [("product_id","48213")]), right=["48213"])
case("array leaf", get("/a", data({"ids":["x9-a1b2c3d4","x9-b2c3d4e5"]})), post("/b",
     {"ids":["x9-a1b2c3d4","x9-b2c3d4e5"]}), right=["x9-a1b2c3d4","x9-b2c3d4e5"])
case("etag piece etc", get("/a", page("x", headers={"X-Request-Id": U1})), get("/b",
     headers={"X-Request-Id": U2}), right=[U2])
case("client key sent in the same request header and later", post("/a",{"clientMutationId":U1},
     data({"clientMutationId":U1})), post("/b",{"clientMutationId":U2},
     data({"clientMutationId":U2})))
case("me then org path", get("/api/me", data({"id":5512301,"org":{"id":88123}})),
     get("/api/orgs/88123/users/5512301"), right=["88123","5512301"])
case("csrf cookie with expiry attrs", get("/", page("x",
     headers={"Set-Cookie":"_csrf_token=%s; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT"%T1})),
     form("/a",[("_csrf_token",T1)]), right=[T1])
case("header value as bearer piece in JSON", get("/a", data({"auth":"Bearer "+T1})), get("/b",
     headers={"Authorization":"Bearer "+T1}), right=[T1])
case("url in JSON", get("/a", data({"next":HOST+"/api/page?cursor="+T1})),
     get("/api/page?cursor="+T1), right=[T1])
case("url in Link header", get("/a", data({},
     headers={"Link":'<%s/api/page?cursor=%s>; rel="next"'%(HOST,T1)})),
     get("/api/page?cursor="+T1), right=[T1])
case("upload id from Location 201", post("/uploads",{"n":1},
     dict(status=201,headers={"Location":HOST+"/uploads/"+T1},body="")),
     dict(method="PUT",url="/uploads/"+T1,type="application/octet-stream",body="abc",answer=page("ok")), right=[T1])
case("iframe src", get("/a", page('<iframe src="/frame?sid=%s"></iframe>'%T1)),
     get("/frame?sid="+T1), right=[T1])
case("meta refresh", get("/a",
     page('<meta http-equiv="refresh" content="0;url=/next?ticket=%s">'%T1)),
     get("/next?ticket="+T1), right=[T1])
case("comment in page", get("/a", page('<!-- sid:%s -->'%T1)), get("/next?sid="+T1), right=[T1])
case("onclick", get("/a", page("<a onclick=\"go('%s')\">x</a>"%T1)), get("/next?id="+T1),
     right=[T1])
case("script number", get("/a", page("<script>var orderId = 4823177;</script>")),
     get("/orders/4823177"), right=["4823177"])
case("json script number", get("/a", page('<script>{"cart":{"cartId":4823177}}</script>')),
     post("/b",{"cartId":4823177}), right=["4823177"])
case("hidden numeric ids", get("/a", page(hidden("basketId","4823177"))),
     post("/b",{"basketId":4823177}), right=["4823177"])
case("two tokens joined", get("/a", data({"sid":T1,"nonce":T2})), get("/b?k=%s:%s"%(T1,T2)),
     right=[T1,T2])
case("JSON from array by filter of bigger", get("/a",
     data({"rows":[{"key":"a","v":{"tok":T1}},{"key":"b","v":{"tok":T2}}]})), get("/b?tok="+T2),
     right=[T2])
case("plus sign token urlencoded", get("/a", page(hidden("tok","ab+cd/ef9h1jkL2mn=="))), form("/b",
     [("tok","ab+cd/ef9h1jkL2mn==")]), right=["ab+cd/ef9h1jkL2mn=="])
case("json-escaped slash", get("/a", dict(type=JSON, body='{"t":"ab\\/cd9h1jkL2mn7x"}')),
     post("/b", {"t":"ab/cd9h1jkL2mn7x"}), right=["ab/cd9h1jkL2mn7x"])
case("set-cookie then body", post("/l",{"a":1}, data({}, headers={"Set-Cookie":"sid=%s"%T1})),
     post("/b", {"sid":T1}), right=[T1])
case("ASP session in url (S(...))", get("/a", redirect("/(S(%s))/a"%"lit3py55t21z5v55vlm25s55")),
     get("/(S(lit3py55t21z5v55vlm25s55))/a"), form("/(S(lit3py55t21z5v55vlm25s55))/b",[("a","b")]),
     right=["lit3py55t21z5v55vlm25s55"])
case("firebase idToken",
     post("/v1/signIn?key=AIzaSyA1234567890abcdefghijklmnopqrstuv",{"email":"a"},
     data({"idToken":JWT,"localId":"Zk3Lq8Xw2mPa7sTb"})), get("/u/Zk3Lq8Xw2mPa7sTb",
     headers={"Authorization":"Bearer "+JWT}), right=[JWT,"Zk3Lq8Xw2mPa7sTb"])
case("item of a list selected by the requested name", get("/api/items?q=Cup", data({"items": [
     {"id": "i-77aa31", "name": "Pen"}, {"id": "i-90bc42", "name": "Cup"}]})),
     post("/api/cart", {"itemId": "i-90bc42"}), right=["i-90bc42"])

# ---- values not issued by a server

case("short numbers", get("/a", data({"id": 3, "page": 2})), get("/b?page=2&n=3"),
     wrong=["page=2&n=3"])
case("constants", get("/a", data({"locale": "en-US", "currency": "EUR", "on": True})),
     post("/b", {"locale": "en-US", "currency": "EUR", "on": True}), wrong=["en-US", "EUR"])
case("dates", get("/a", data({"from": "2026-05-01", "to": "2026-05-08"})),
     get("/b?from=2026-05-01&to=2026-05-08"), wrong=["2026-05-01", "2026-05-08"])
case("product typed by the user", get("/", page('<input name="q"><li>wireless keyboard</li>')),
     get("/search?q=wireless+keyboard"), wrong=["keyboard"])
case("sent before the server echoed it", post("/a", {"ref": T1}, data({"ref": T1})),
     post("/b", {"ref": T1}), wrong=[T1])
case("uuid of the client, echoed", post("/a", {"requestId": U1}, data({"requestId": U1})),
     post("/b", {"clientKey": U2}), wrong=[U2])
case("hash in an asset's address", get("/", page('<script src="/s/app.3f9a1c7be2d4.js"></script>')),
     get("/s/manifest.json?v=3f9a1c7be2d4", data({"v": "3f9a1c7be2d4"})), wrong=["3f9a1c7be2d4"])
case("prices and quantities", get("/a", data({"price": 12999, "quantity": 10000})),
     post("/b", {"price": 12999, "quantity": 10000}), wrong=["12999", "10000"])
case("words of a path", get("/", page('<a href="/products/shoes">s</a>')), get("/products/shoes"),
     wrong=["products/shoes"])
case("words with digits of a path", get("/", page('<a href="/products/iphone-15-pro">s</a>')),
     get("/products/iphone-15-pro"), wrong=["iphone-15-pro"])
case("mail address typed", form("/login", [("mail", "anna77@example.org")], data(
     {"mail": "anna77@example.org"})), post("/b", {"mail": "anna77@example.org"}),
     wrong=["anna77@example.org"])
case("country and zip", get("/a", data({"zip": "89073", "country": "DE"})),
     post("/b", {"zip": "89073", "country": "DE"}), wrong=["89073"])
case("version of an API", get("/a", data({"apiVersion": "2024-01-15", "version": "v1.42.10"})),
     get("/b?version=v1.42.10&api-version=2024-01-15"), wrong=["v1.42.10", "2024-01-15"])
case("client id of an application", get("/", page(
     '<script>var cfg={client_id:"shop-web-frontend"}</script>')),
     get("/auth?client_id=shop-web-frontend"), wrong=["shop-web-frontend"])
case("time zone, screen", get("/a", data({"tz": "Europe/Berlin", "screen": "1920x1080"})),
     post("/b", {"tz": "Europe/Berlin", "screen": "1920x1080"}), wrong=["Europe/Berlin", "1920x1080"])
case("return address", get("/", page('<input name="return_to" value="%s/account">' % HOST)),
     form("/login", [("return_to", HOST + "/account")]), wrong=["/account"])
case("value of a submit button", get("/", page('<input type="submit" name="commit" value="Log in">')),
     form("/login", [("commit", "Log in")]), wrong=["Log in"])
case("utf8 mark and locale of a form", get("/", page(hidden("utf8", "\u2713") + hidden("lang", "en-GB"))),
     form("/login", [("utf8", "\u2713"), ("lang", "en-GB")]), wrong=["en-GB", "\u2713"])
case("cookie known before, mirrored", get("/", headers={"Cookie": "csrftoken=" + T1}),
     post("/a", {"b": 1}, headers={"X-CSRFToken": T1, "Cookie": "csrftoken=" + T1}), wrong=[T1])
case("operation names", post("/graphql", {"operationName": "GetCart2ItemsV3", "query": "query GetCart2ItemsV3{a}"},
     data({"data": {"op": "GetCart2ItemsV3"}})),
     post("/graphql", {"operationName": "GetCart2ItemsV3", "query": "query GetCart2ItemsV3{a}"}),
     wrong=["GetCart2ItemsV3"])
case("phone number of a page", get("/", page("Call 0731 12345678 <a href='tel:073112345678'>call</a>")),
     form("/b", [("phone", "073112345678")]), wrong=["073112345678"])
case("a state that is a word", get("/a", data({"state": "open", "code": "DISCOUNT", "key": "name"})),
     post("/b", {"state": "open", "code": "DISCOUNT", "key": "name"}),
     wrong=["open", "DISCOUNT", "name"])
case("zip code", get("/a", data({"zip_code": "89073", "country_code": "DEU"})),
     post("/b", {"zip_code": "89073", "country_code": "DEU"}), wrong=["89073", "DEU"])
case("the same word in many responses", get("/a", data({"type": "article", "status": "published"})),
     get("/b?type=article&status=published"), wrong=["article", "published"])
case("language and theme of a cookie", get("/", page("x", headers={"Set-Cookie": "theme=dark-mode-2; Path=/"})),
     post("/b", {"theme": "dark-mode-2"}), wrong=["dark-mode-2"])
case("sort key and page size", get("/a", data({"sort": "createdAt", "size": 10000})),
     get("/a?sort=createdAt&size=10000"), wrong=["createdAt", "10000"])
case("address of the user", get("/me", data({"street": "Main Street 12", "city": "Springfield"})),
     post("/order", {"street": "Main Street 12", "city": "Springfield"}),
     wrong=["Main Street 12", "Springfield"])
case("name of a file", get("/a", data({"file": "report-2024-q3.pdf"})),
     post("/b", {"file": "report-2024-q3.pdf"}), wrong=["report-2024-q3.pdf"])
case("analytics id of a script", get("/", page("<script>ga('create', 'UA-12345678-1')</script>")),
     post("/track", {"tid": "UA-12345678-1"}), wrong=["UA-12345678-1"])
case("build id", get("/", page('<script>{"buildId":"v2Kq7Zr8Xw9LmP4s"}</script>')),
     get("/_next/data/v2Kq7Zr8Xw9LmP4s/a.json", data({})), wrong=[])
case("coordinates", get("/a", data({"lat": 52.520008, "lng": 13.404954})),
     get("/b?lat=52.520008&lng=13.404954"), wrong=["52.520008", "13.404954"])
case("tracking parameters", get("/", page('<a href="/p?utm_source=news&utm_campaign=spring2026sale">x</a>')),
     get("/p?utm_source=news&utm_campaign=spring2026sale"), wrong=["spring2026sale"])
case("time stamp of a response", get("/a", data({"serverTime": 1772355600000})),
     get("/b?since=1700000000000"), wrong=["since=1700000000000"])
case("date and time of a slot", get("/a", data({"slots": ["2026-05-01T10:00:00Z"]})),
     post("/b", {"slot": "2026-05-01T10:00:00Z"}), wrong=["2026-05-01T10:00:00Z"])
case("IP address, user agent", get("/a", data({"ip": "192.168.100.17"})),
     post("/b", {"ip": "192.168.100.17"}), wrong=["192.168.100.17"])
case("account chosen from list by chance 5 digit", get("/a", data({"total":48213})),
     get("/b?ref=48213"), wrong=["48213"])
case("data id small", get("/a", page('<button data-product-id="7">Buy</button>')), form("/cart",
     [("product_id","7")]), wrong=["product_id: 7"])
case("permission name", get("/a", data({"role":"admin","scope":"read:users write:users"})),
     post("/b", {"role":"admin","scope":"read:users write:users"}), wrong=["admin","read:users"])
case("phone model", get("/a", page('<option value="pixel8pro">')), form("/b",
     [("model","pixel8pro")]), wrong=["pixel8pro"])
case("email from profile", get("/me", data({"email":"anna77@example.org"})), post("/b",
     {"email":"anna77@example.org"}), wrong=["anna77@example.org"])
case("feature flag", get("/a",
     data({"flags":{"new_checkout_v2":True},"variant":"checkout_v2_blue"})), post("/b",
     {"variant":"checkout_v2_blue"}), wrong=["checkout_v2_blue"])
case("graphql enum", post("/graphql",{"query":"{a}"},data({"data":{"sortOrder":"PRICE_ASC"}})),
     post("/graphql",{"query":"{b}","variables":{"sortOrder":"PRICE_ASC"}}), wrong=["PRICE_ASC"])
case("status in path", get("/a", data({"status":"shipped","next":"/orders/shipped"})),
     get("/orders/shipped"), wrong=["orders/shipped"])
case("state dropdown", get("/a",
     page('<select name="state"><option value="CA">x</option></select>')), form("/b",
     [("state","CA")]), wrong=["CA"])
case("order total 5 digits", get("/a", data({"orderTotal":"12999"})), post("/b",
     {"amount":"12999"}), wrong=["12999"])
case("year", get("/a", data({"id":2026,"year":"2026"})), get("/b/2026"), wrong=["b/2026"])
case("id echo in many", *([get("/api/org/88123/x%d"%i, data({"org":88123})) for i in range(3)]),
     wrong=["88123"])
case("names of devices and systems", get("/a", data({"model": "pixel8", "os": "windows11"})),
     post("/b", {"model": "pixel8", "os": "windows11"}), wrong=["pixel8", "windows11"])
case("jwt claim", post("/l",{"a":1}, data({"token":JWT})), get("/b/4711"), wrong=["b/4711"])
case("date of today in path", get("/a", data({"today":"20260301"})), get("/b/20260301"),
     wrong=["20260301"])
case("colour, media type", get("/a", data({"color": "#ff8800aa", "accept": "application/json"})),
     post("/b", {"color": "#ff8800aa", "accept": "application/json"}), wrong=["#ff8800aa"])
case("title of an item sent back", get("/a", data({"title": "Samsung Galaxy S24"})),
     post("/b", {"title": "Samsung Galaxy S24"}), wrong=["Samsung Galaxy S24"])


# ---- private values

case("secrets of a form", form("/token", [("client_secret", "s3cr3tS3cr3tXyZ9"), ("pw", "hunter2hunter2"),
     ("api_key", "AKIA1234567890ABCDEF")]),
     secret=["s3cr3tS3cr3tXyZ9", "hunter2hunter2", "AKIA1234567890ABCDEF"])
case("secrets of nested JSON", post("/l", {"credentials": {"userPassword": "hunter2hunter2", "pin": "47110",
     "otp": "482913"}}), secret=["hunter2hunter2", "47110", "482913"])
case("card number", post("/pay", {"number": "4111 1111 1111 1111", "cvv": "123"}),
     secret=["4111 1111 1111 1111"])
case("bearer token that was not issued", get("/me", headers={"Authorization": "Bearer " + JWT}), secret=[JWT])
case("keys in a query and a header", get("/me?apikey=AKIA1234567890ABCDEF", headers={
     "X-Api-Key": "AKIA0987654321ABCDEF"}), secret=["AKIA1234567890ABCDEF", "AKIA0987654321ABCDEF"])
case("password also in the response", post("/l", {"password": "hunter2hunter2"}, data(
     {"password": "hunter2hunter2", "token": T1})),
     post("/c", {"password": "hunter2hunter2", "token": T1}), right=[T1], secret=["hunter2hunter2"])
case("password in a Referer", get("/l?password=hunter2hunter2"), form("/l", [("a", "b")], headers={
     "Referer": HOST + "/l?password=hunter2hunter2"}), secret=["hunter2hunter2"])
case("Basic", get("/me", headers={"Authorization": "Basic " + base64.b64encode(
     b"anna:hunter2hunter2").decode()}), secret=["hunter2hunter2", "aHVudGVyMmh1bnRlcjI"])
case("password in a GraphQL text", post("/graphql", {
     "query": 'mutation{login(user:"a",password:"hunter2")}'}), secret=["hunter2"])
case("password in XML", dict(method="POST", url="/s", type="text/xml",
     body="<a><password>hunter2</password></a>", answer=page("ok")), secret=["hunter2"])
case("password in JSON in a text", post("/l", {"inner": json.dumps({"password": "hunter2"})}),
     secret=["hunter2"])
case("password in the address", get("https://anna:hunter2hunter2@app.example.org/x"),
     secret=["hunter2hunter2"])
case("password field named otherwise", get("/l",
     page('<input name="u"><input class=x type="password" id=a name="j_geheim">')), form("/l",
     [("u","anna"),("j_geheim","hunter2hunter2")]), secret=["hunter2hunter2"])
case("password next to a duplicate key", dict(method="POST", url="/l", type=JSON,
     body='{"a":1,"a":2,"password":"hunter2hunter2"}', answer=data({"ok": True}))
     , secret=["hunter2hunter2"])
case("password with escapes next to a key like a template", dict(method="POST", url="/l", type=JSON,
     body='{"a${b":1,"password":"hun\\u0074er2hunter2"}', answer=data({"ok": True})),
     secret=["er2hunter2"])
case("password and token in a long body", get("/a", data({"ticket": T1})), dict(
     method="POST", url="/l", type=JSON, body='{"pad":"%s","password":"hunter2hunter2","ticket":"%s"}'
     % ("p " * 20000, T1), answer=data({"ok": True})), right=[T1], secret=["hunter2hunter2"])
case("password and token next to a form name like a template", get("/a", data({"ticket": T1})), dict(
     method="POST", url="/l", type=FORM, body="a%24%7Bb=1&password=hunter2+hunter2%21&ticket=" + T1,
     answer=data({"ok": True})), right=[T1], secret=["hunter2"])


def values_in(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    steps = re.sub(r"(?m)^\s*#.*$|\s# .*$", "", text)
    suggested = "\n".join(re.findall(r"(?m)^\s*#.*$", text))
    return urllib.parse.unquote(steps) + steps, suggested


def main():
    reprise, failed = sys.argv[1], 0
    only = sys.argv[2] if len(sys.argv) > 2 else None
    for n, (name, entries, right, wrong, secret, creator) in enumerate(CASES):
        if only and only != name:
            continue
        stem = "case-%d" % n
        with open(stem + ".har", "w", encoding="utf-8") as f:
            json.dump(har(entries, creator), f)
        done = subprocess.run([reprise, "import", "har", stem + ".har", "--force", "--explain"],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            print("WRONG %s: %s" % (name, done.stderr + done.stdout))
            failed = 1
            continue
        steps, suggested = values_in(stem + ".yaml")
        lost = [v for v in right if v in steps]
        lost += [v for v in secret if v in steps + suggested + done.stdout + done.stderr]
        taken = [v for v in wrong if v not in steps]
        told = re.findall(r"(?m)^    (\w+) +from (.*?) +used", done.stdout + done.stderr)
        with open(stem + ".yaml", encoding="utf-8") as f:
            told = ["%s of %s" % t for t in told] + re.findall(
                r"(?m)^ *- ((?:submit|follow):.*)", f.read())
        word = "; ".join(told) or "nothing"
        if lost or taken:
            failed = 1
            word = "%s%s" % (word, "".join(
                [" | not taken: %s%s" % (v, " (suggested)" if "uggest" in suggested else "")
                 for v in lost] + [" | taken: " + v for v in taken]))
        print("%s%s: %s" % ("WRONG " if lost or taken else "", name, word))
        if only:
            with open(stem + ".yaml", encoding="utf-8") as f:
                print(f.read(), done.stdout, done.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main()
