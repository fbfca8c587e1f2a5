#!/usr/bin/env python3
"""Visits to applications of many kinds: a table like that in import_cases.py, with longer recordings
that contain lists, prices, settings and noise in addition to the issued values.
"""
import json
import urllib.parse

import import_cases
from import_cases import case
from recording_parts import (EVENT, HOST, HTML, JSON, JWT, T1, T2, U1, U2, VIEW, data, form, get,
                             hidden, page, post, redirect)

import_cases.CASES.clear()

JWT2 = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIiwiZXhwIjoyfQ.b3RoZXItc2lnbmF0dXJlLWJ5dGVz"
SSO = "https://login.example.org"
API = "application/vnd.api+json"


def answer(method, path, body=None, reply=None, **more):
    """Any method, a body of any JSON type."""
    e = dict(method=method, url=path, answer=reply or data({"ok": True}), **more)
    if body is not None:
        e.update(type=more.get("type", JSON), body=json.dumps(body))
    return e


def gql(query, variables, reply):
    return post("/graphql", {"operationName": None, "query": query, "variables": variables},
                data({"data": reply}))


# ---- values issued by servers

case("GraphQL: a relay id chosen from a list, a cart of a mutation",
     gql("{products(first:3){id name}}", {}, {"products": {"edges": [
         {"node": {"id": "UHJvZHVjdDo0ODEyMw==", "name": "Tea"}},
         {"node": {"id": "UHJvZHVjdDo0ODEyNA==", "name": "Cup"}}],
         "pageInfo": {"endCursor": "YXJyYXljb25uZWN0aW9uOjE=", "hasNextPage": True}}}),
     gql("mutation($input:CartInput!){add{cart{id}}}", {"input": {
         "productId": "UHJvZHVjdDo0ODEyNA==", "quantity": 2}}, {"add": {"cart": {
             "id": "Q2FydDpjMTc5MzM=", "total": "25.98", "currency": "EUR"}}}),
     gql("mutation($id:ID!){checkout{id}}", {"id": "Q2FydDpjMTc5MzM=", "currency": "EUR"},
         {"checkout": {"order": {"number": 1000482}}}),
     gql("query($n:Int!){order{status}}", {"n": 1000482}, {"order": {"status": "NEW"}}),
     gql("query($after:String){products{id}}", {"after": "YXJyYXljb25uZWN0aW9uOjE=", "first": 3},
         {"products": {"edges": []}}),
     right=["UHJvZHVjdDo0ODEyNA==", "Q2FydDpjMTc5MzM=", "1000482", "YXJyYXljb25uZWN0aW9uOjE="],
     wrong=["EUR"])
case("JSON:API: string ids, absolute links", get("/api/v2/articles?page[size]=25", dict(
    type=API, body=json.dumps({"data": [
        {"type": "articles", "id": "88231", "attributes": {"title": "One"},
         "links": {"self": HOST + "/api/v2/articles/88231"}},
        {"type": "articles", "id": "88232", "attributes": {"title": "Two"}}],
        "links": {"next": HOST + "/api/v2/articles?page[size]=25&page[after]=eyJpZCI6ODgyMzJ9"}}))),
     get("/api/v2/articles/88231", data({"data": {"id": "88231", "relationships": {"author": {
         "data": {"type": "people", "id": "90017"}}}}})),
     get("/api/v2/people/90017", data({"data": {"id": "90017"}})),
     answer("PATCH", "/api/v2/articles/88231", {"data": {"type": "articles", "id": "88231",
                                                         "attributes": {"title": "Three"}}}),
     get("/api/v2/articles?page[size]=25&page[after]=eyJpZCI6ODgyMzJ9", data({"data": []})),
     right=["88231", "90017", "eyJpZCI6ODgyMzJ9"], wrong=["v2", "25", "Three"])
case("pagination: the next page's token, not its size", get("/api/logs?limit=50", data({
    "items": [{"n": 1}], "nextPageToken": "CAUQAA8zXqk1", "limit": 50, "total": 12842})),
     get("/api/logs?limit=50&pageToken=CAUQAA8zXqk1"), right=["CAUQAA8zXqk1"], wrong=["50"])
case("HAL: absolute links in a response are followed", post("/api/orders", {"item": "tea"}, data({
    "_links": {"self": {"href": HOST + "/api/orders/5512907"},
               "payment": {"href": HOST + "/api/orders/5512907/payment"}}, "status": "open"},
    status=201)), answer("PUT", "/api/orders/5512907/payment", {"method": "invoice"}),
     get("/api/orders/5512907"), right=["5512907"], wrong=["invoice"])
case("HAL: relative links", get("/api", data({"_links": {"account": {
    "href": "/api/accounts/3f8a1c90b7d2"}}})), get("/api/accounts/3f8a1c90b7d2"),
     right=["3f8a1c90b7d2"])
case("JWT refreshed", post("/auth/login", {"user": "anna", "password": "hunter2hunter2"}, data({
    "access_token": JWT, "refresh_token": T1, "expires_in": 3600, "token_type": "Bearer"})),
     get("/api/me", headers={"Authorization": "Bearer " + JWT}),
     form("/auth/token", [("grant_type", "refresh_token"), ("refresh_token", T1)], data({
         "access_token": JWT2, "refresh_token": T2, "expires_in": 3600, "token_type": "Bearer"})),
     get("/api/me", headers={"Authorization": "Bearer " + JWT2}),
     get("/api/orders", headers={"Authorization": "Bearer " + JWT2}),
     right=[JWT, JWT2, T1], wrong=["grant_type"], secret=["hunter2hunter2"])
case("ticket of a WebSocket, asked for before", post("/api/ws/ticket", {}, data({
    "ticket": "wst_9f3KqZr2Xw", "expires": 30})), get("/cable?ticket=wst_9f3KqZr2Xw&v=7",
                                                    data({"ok": 1})), right=["wst_9f3KqZr2Xw"],
     wrong=["v: 7"])
case("SignalR: a connection's token", post("/hub/negotiate?negotiateVersion=1", {}, data({
    "negotiateVersion": 1, "connectionId": "hJ2kLm9QpR-4", "connectionToken": T1,
    "availableTransports": [{"transport": "LongPolling"}]})), get("/hub?id=" + T1),
     right=[T1], wrong=["negotiateVersion=1"])
case("cart id in a path", post("/rest/V1/guest-carts", {}, data("vGH7aLx2Q9mZk31TnWc5YbRd8sEoPfUj")),
     post("/rest/V1/guest-carts/vGH7aLx2Q9mZk31TnWc5YbRd8sEoPfUj/items", {"cartItem": {
         "sku": "24-MB01", "qty": 1, "quote_id": "vGH7aLx2Q9mZk31TnWc5YbRd8sEoPfUj"}}),
     right=["vGH7aLx2Q9mZk31TnWc5YbRd8sEoPfUj"], wrong=["24-MB01"])
case("upload: begun, parts, completed", post("/files", {"name": "a.pdf", "size": 20480}, data({
    "uploadId": "2~kX9vQw7ZbT3m", "key": "u/6f1c2f0e/a.pdf", "partSize": 5242880})),
     answer("PUT", "/files/parts?uploadId=2~kX9vQw7ZbT3m&partNumber=1", None, data({}, headers={
         "ETag": '"9b2cf535f27731c974343645a3985328"'})),
     post("/files/complete", {"uploadId": "2~kX9vQw7ZbT3m", "parts": [
         {"partNumber": 1, "etag": "9b2cf535f27731c974343645a3985328"}]}),
     right=["2~kX9vQw7ZbT3m", "9b2cf535f27731c974343645a3985328"], wrong=["a.pdf", "20480"])
case("upload: tus by Location", answer("POST", "/uploads/", None, dict(
    status=201, headers={"Location": HOST + "/uploads/24e533e02ec3bc40c387f1a0e460e216"}, body="")),
     answer("PATCH", "/uploads/24e533e02ec3bc40c387f1a0e460e216", {"a": 1},
            headers={"Upload-Offset": "0"}), right=["24e533e02ec3bc40c387f1a0e460e216"])
case("Rails: authenticity_token in meta", get("/posts/new", page(
    '<head><meta name="csrf-param" content="authenticity_token" />'
    '<meta name="csrf-token" content="Qm9zU2dN+3k5/7hXpL0wZgTT3k==" /></head>'
    '<form action="/posts" method="post"><input name="post[title]"></form>')),
     post("/posts.json", {"post": {"title": "Hello world"}},
          data({"id": 913, "title": "Hello world"}, status=201),
          headers={"X-CSRF-Token": "Qm9zU2dN+3k5/7hXpL0wZgTT3k=="}),
     get("/posts/913"), right=["Qm9zU2dN", "posts/913"], wrong=["Hello world"])
case("Django: middleware token and cookie, each its own", get("/accounts/login/?next=/", page(
    hidden("csrfmiddlewaretoken", T1 + T2) + hidden("next", "/"), headers={
        "Set-Cookie": "csrftoken=%s; Path=/; SameSite=Lax" % (T2 + T1)})),
     form("/accounts/login/", [("csrfmiddlewaretoken", T1 + T2), ("username", "anna"),
                               ("password", "hunter2hunter2"), ("next", "/")], redirect("/")),
     get("/"), post("/api/cart/", {"product": 17}, headers={"X-CSRFToken": T2 + T1}),
     right=[T1 + T2, T2 + T1], wrong=["anna"], secret=["hunter2hunter2"])
case("Laravel: XSRF-TOKEN sent decoded", get("/sanctum/csrf-cookie", dict(status=204, body="", headers={
    "Set-Cookie": "XSRF-TOKEN=eyJpdiI6IkFiQ2RFZjEyMzQ1Njc4OTAifQ%3D%3D; path=/"})),
     post("/login", {"email": "anna@example.org", "password": "hunter2hunter2"}, headers={
         "X-XSRF-TOKEN": "eyJpdiI6IkFiQ2RFZjEyMzQ1Njc4OTAifQ=="}),
     right=["eyJpdiI6IkFiQ2RFZjEyMzQ1Njc4OTAifQ"], secret=["hunter2hunter2"])
case("Angular: unchanged XSRF-TOKEN, issued again in each response", get("/", page("x", headers={
    "Set-Cookie": "XSRF-TOKEN=%s; Path=/" % U1})), post("/api/a", {"n": "x"}, data({}, headers={
        "Set-Cookie": "XSRF-TOKEN=%s; Path=/" % U2}), headers={"X-XSRF-TOKEN": U1}),
     post("/api/b", {"n": "y"}, headers={"X-XSRF-TOKEN": U2}), right=[U1, U2])
case("ASP.NET: an anti-forgery token of each form", get("/Account/Login", page(
    '<form><input name="__RequestVerificationToken" type="hidden" value="CfDJ8Kq7Zr2-Xw9LmP_4sTb8" />')),
     form("/Account/Login", [("Email", "anna@example.org"), ("Password", "hunter2hunter2"),
                             ("__RequestVerificationToken", "CfDJ8Kq7Zr2-Xw9LmP_4sTb8"),
                             ("RememberMe", "false")], redirect("/Home")),
     get("/Home", page('<input name="__RequestVerificationToken" type="hidden" value="CfDJ8ZZ9aa-b7'
                       'Yc_12kd" />')),
     form("/Home/Order", [("__RequestVerificationToken", "CfDJ8ZZ9aa-b7Yc_12kd"), ("Sku", "T-100")]),
     right=["CfDJ8Kq7Zr2-Xw9LmP_4sTb8", "CfDJ8ZZ9aa-b7Yc_12kd"], wrong=["T-100", "false"],
     secret=["hunter2hunter2"])
case("ASP.NET: view state of an update panel's text", get("/a.aspx", page(
    hidden("__VIEWSTATE", VIEW) + hidden("__EVENTVALIDATION", EVENT))),
     form("/a.aspx", [("__EVENTTARGET", "ctl00$Main$Grid"), ("__VIEWSTATE", VIEW),
                      ("__EVENTVALIDATION", EVENT), ("__ASYNCPOST", "true")], dict(
         type="text/plain", body="1|#||4|120|updatePanel|ctl00_Main|<b>x</b>|40|hiddenField|"
         "__VIEWSTATE|%s|8|hiddenField|__EVENTVALIDATION|%s|" % (VIEW[:-6] + "Zk9y==",
                                                                EVENT[:-6] + "Qw7r=="))),
     form("/a.aspx", [("__VIEWSTATE", VIEW[:-6] + "Zk9y=="),
                      ("__EVENTVALIDATION", EVENT[:-6] + "Qw7r==")]),
     right=[VIEW[:20], EVENT[:20]], wrong=["ctl00$Main$Grid"])
case("JSF: view state with a colon", get("/shop.xhtml", page(
    '<input type="hidden" name="javax.faces.ViewState" id="j_id1:javax.faces.ViewState:0" '
    'value="-4593048203984:8302938475612" autocomplete="off" />')),
     form("/shop.xhtml", [("j_idt12", "j_idt12"), ("javax.faces.ViewState",
                                                   "-4593048203984:8302938475612")]),
     right=["4593048203984"], wrong=["j_idt12"])
case("OAuth: code flow with PKCE, the code in a body", get(
    SSO + "/authorize?client_id=spa-shop&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.org"
    "%2Fcb&state=" + T1 + "&nonce=" + T2 + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSst"
    "w-cM&code_challenge_method=S256", page(hidden("execution", U1))),
     form(SSO + "/login", [("execution", U1), ("username", "anna"), ("password", "hunter2hunter2")],
          redirect(HOST + "/cb?code=0a1b2c3d-4e5f-6789-abcd-ef0123456789.s1&state=" + T1)),
     get("/cb?code=0a1b2c3d-4e5f-6789-abcd-ef0123456789.s1&state=" + T1),
     form(SSO + "/token", [("grant_type", "authorization_code"), ("client_id", "spa-shop"),
                           ("code", "0a1b2c3d-4e5f-6789-abcd-ef0123456789.s1"),
                           ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
                           ("redirect_uri", HOST + "/cb")], data({"access_token": JWT, "id_token": JWT2})),
     get("/api/me", data({"sub": "4711"}), headers={"Authorization": "Bearer " + JWT}),
     right=[U1, "0a1b2c3d-4e5f", JWT, T1, T2, "E9Melhoa2O"], wrong=["spa-shop"],
     secret=["hunter2hunter2", "dBjftJeZ4CVP"])
case("SAML: request by redirect, response by form", get("/app", redirect(
    SSO + "/saml?SAMLRequest=fZJNT8MwDIbvSPyHKPe2aTfYFrWVxiYE0gTTVjhwQWnqbhFtUuKUwb%2B3&RelayState="
    + T1)),
     get(SSO + "/saml?SAMLRequest=fZJNT8MwDIbvSPyHKPe2aTfYFrWVxiYE0gTTVjhwQWnqbhFtUuKUwb%2B3&RelayState="
         + T1, page('<form method=post>' + hidden("lt", "LT-48213-Xw9LmP4s") + '</form>')),
     form(SSO + "/saml", [("lt", "LT-48213-Xw9LmP4s"), ("user", "anna")], page(
         '<form action="%s/acs">' % HOST + hidden("SAMLResponse", "PHNhbWxwOlJlc3BvbnNlIElEPSJhMWIyYzM"
                                                  "iPjwvc2FtbHA+") + hidden("RelayState", T1))),
     form("/acs", [("SAMLResponse", "PHNhbWxwOlJlc3BvbnNlIElEPSJhMWIyYzMiPjwvc2FtbHA+"),
                   ("RelayState", T1)], redirect("/home")), get("/home"),
     right=["LT-48213-Xw9LmP4s", "PHNhbWxwOlJlc3BvbnNl", T1], wrong=["anna"])
case("CAS: a service ticket in a redirect", get("/secure", redirect(SSO + "/cas?service=" +
     urllib.parse.quote(HOST + "/secure", ""))),
     get(SSO + "/cas?service=" + urllib.parse.quote(HOST + "/secure", ""), redirect(
         HOST + "/secure?ticket=ST-1856339-aA5Yuvrxzpv8Tau1cYQ7")),
     get("/secure?ticket=ST-1856339-aA5Yuvrxzpv8Tau1cYQ7"),
     post("/api/x", {"st": "ST-1856339-aA5Yuvrxzpv8Tau1cYQ7"}),
     right=["ST-1856339-aA5Yuvrxzpv8Tau1cYQ7"])
case("item of a list by what was typed", get("/api/search?q=Berlin", data({"results": [
    {"name": "Bern", "placeId": "ChIJKq7Zr2Xw9L1"}, {"name": "Berlin", "placeId": "ChIJhd5Jf1Yc6Q2"}]})),
     get("/api/places/ChIJhd5Jf1Yc6Q2", data({"name": "Berlin"})), right=["ChIJhd5Jf1Yc6Q2"],
     wrong=["Berlin"])
case("item of a page's links", get("/products", page("".join(
    '<li><a href="/product/%d-tea-no-%d">Tea %d</a> <b>%d.99</b></li>' % (48210 + i, i, i, i + 2)
    for i in range(5)))), get("/product/48213-tea-no-3", page(
        '<form action="/cart/add/48213">' + hidden("variant_id", "990213") + hidden("qty", "1"))),
     form("/cart/add/48213", [("variant_id", "990213"), ("qty", "1")]),
     right=["990213", "add/48213"], wrong=["qty: 1"])
case("Shopify: section ids constant, cart token issued", get("/cart.js", data({
    "token": "c1-9f3c2ab17de84c50a1b2c3d4", "item_count": 0, "currency": "EUR"})),
     form("/cart/add", [("id", "40123456789012"), ("quantity", "1")], data({"id": 40123456789012,
                                                                          "key": "40123456789012:ab12cd34ef56ab12"})),
     form("/cart/change", [("id", "40123456789012:ab12cd34ef56ab12"), ("quantity", "2")]),
     get("/checkouts/cn/c1-9f3c2ab17de84c50a1b2c3d4"),
     right=["c1-9f3c2ab17de84c50a1b2c3d4", "ab12cd34ef56ab12"])
case("id of a job that is polled", post("/api/exports", {"format": "csv"}, data({
    "jobId": 77120, "state": "queued"}, status=202)),
     get("/api/exports/77120", data({"jobId": 77120, "state": "running"})),
     get("/api/exports/77120", data({"jobId": 77120, "state": "done", "file": "/dl/Kq7Zr2Xw9LmP.csv"})),
     get("/dl/Kq7Zr2Xw9LmP.csv"), right=["77120", "Kq7Zr2Xw9LmP"], wrong=["csv"])
case("version of a record for the next change", get("/api/notes/a81f3c7d2e90b4", data({
    "id": "a81f3c7d2e90b4", "rev": "3-9f3c2ab17de84c50", "text": "old"})),
     answer("PUT", "/api/notes/a81f3c7d2e90b4", {"_rev": "3-9f3c2ab17de84c50", "text": "new"}, data({
         "rev": "4-b2c3d4e5f6a7b8c9"})),
     answer("PUT", "/api/notes/a81f3c7d2e90b4", {"_rev": "4-b2c3d4e5f6a7b8c9", "text": "newer"}),
     right=["3-9f3c2ab17de84c50", "4-b2c3d4e5f6a7b8c9"], wrong=["a81f3c7d2e90b4", "newer"])
case("Odoo: context and ids", post("/web/session/authenticate", {"params": {"login": "anna"}}, data({
    "result": {"session_id": "9b2cf535f27731c974343645a3985328", "uid": 7, "user_context": {
        "lang": "en_US", "tz": "Europe/Berlin"}}})),
     post("/web/dataset/call_kw", {"params": {"context": {"lang": "en_US", "tz": "Europe/Berlin",
                                                          "uid": 7}}}, headers={
         "X-Openerp-Session-Id": "9b2cf535f27731c974343645a3985328"}),
     right=["9b2cf535f27731c974343645a3985328"], wrong=["en_US", "Europe/Berlin"])
case("payment: a client's secret and its id are one", post("/api/pay", {"plan": "pro"}, data({
    "clientSecret": "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH"})),
     post("/api/pay/confirm", {"payment_intent": "pi_3MtwBwLkdIwHu7ix28a3tqPa"}),
     right=["pi_3MtwBwLkdIwHu7ix28a3tqPa"], wrong=["pro"])
case("XML: a session of SOAP", dict(method="POST", url="/soap", type="text/xml",
    body="<e><login><user>anna</user></login></e>", answer=dict(type="text/xml", body=
        '<e xmlns="urn:a"><loginReturn><sessionId>00D5f000000abcDEAQ!ARo</sessionId>'
        '<serverUrl>https://app.example.org/s/00D5f000000abc</serverUrl></loginReturn></e>')),
     dict(method="POST", url="/soap", type="text/xml", body="<e><h><sessionId>00D5f000000abcDEAQ!ARo"
          "</sessionId></h><query>select Id from Account</query></e>", answer=page("x")),
     right=["00D5f000000abcDEAQ!ARo"])
case("batch of an API: one id per response", post("/api/batch", [{"op": "create"}, {"op": "create"}],
     data([{"id": "n-Kq7Zr2Xw9L"}, {"id": "n-hd5Jf1Yc6Q"}])),
     post("/api/link", {"from": "n-Kq7Zr2Xw9L", "to": "n-hd5Jf1Yc6Q"}),
     right=["n-Kq7Zr2Xw9L", "n-hd5Jf1Yc6Q"])
case("Drupal: form_build_id, form_token, form_id", get("/node/add", page(
    hidden("form_build_id", "form-Kq7Zr2Xw9LmP4sTb8VnC") + hidden("form_token", T2) +
    hidden("form_id", "node_page_form"))), form("/node/add", [
        ("title", "Hello"), ("form_build_id", "form-Kq7Zr2Xw9LmP4sTb8VnC"), ("form_token", T2),
        ("form_id", "node_page_form"), ("op", "Save")]),
     right=["form-Kq7Zr2Xw9LmP4sTb8VnC", T2], wrong=["node_page_form", "Hello"])
case("Livewire: a snapshot of JSON in an attribute", get("/c", page(
    '<div wire:snapshot="{&quot;data&quot;:{&quot;n&quot;:1},&quot;checksum&quot;:&quot;9f3c2ab17de84c50'
    'a1b2c3d4e5f60718&quot;}" wire:id="Kq7Zr2Xw9LmP4sTb"></div><script data-csrf="%s"></script>' % T2)),
     post("/livewire/update", {"_token": T2, "components": [{
         "snapshot": '{"data":{"n":1},"checksum":"9f3c2ab17de84c50a1b2c3d4e5f60718"}',
         "updates": {}}]}), right=[T2, "9f3c2ab17de84c50a1b2c3d4e5f60718"])
case("Keycloak: the action of its form", get(SSO + "/auth?client_id=x-app", page(
    '<form id="kc-form-login" action="%s/authenticate?session_code=Kq7Zr2Xw9LmP4sTb&amp;execution=%s&amp;'
    'client_id=x-app&amp;tab_id=hd5Jf1Yc6QgR" method="post">' % (SSO, U1))),
     form(SSO + "/authenticate?session_code=Kq7Zr2Xw9LmP4sTb&execution=%s&client_id=x-app&tab_id="
          "hd5Jf1Yc6QgR" % U1, [("username", "anna"), ("password", "hunter2hunter2")], redirect(HOST + "/")),
     get(HOST + "/"), right=["Kq7Zr2Xw9LmP4sTb", U1, "hd5Jf1Yc6QgR"], wrong=["x-app"],
     secret=["hunter2hunter2"])

# ---- values from users, programs and the calendar

case("search text echoed in title, links and count", get("/search?q=blue+shoes42", page(
    "<title>blue shoes42</title><a href='/search?q=blue+shoes42&page=2'>2</a>" +
    hidden("q", "blue shoes42"))), get("/search?q=blue+shoes42&page=2"),
     wrong=["shoes42", "page=2"])
case("page numbers and offsets of links", get("/list", page("".join(
    "<a href='/list?offset=%d&per_page=10000'>%d</a>" % (i * 10000, i) for i in range(4)))),
     get("/list?offset=20000&per_page=10000"), wrong=["20000", "per_page=10000"])
case("prices sent back", get("/api/p", data({"items": [{"sku": "A1", "price": 24999, "net": "210.08",
                                                       "vat": 3991}]})),
     post("/api/quote", {"price": 24999, "net": "210.08", "vat": 3991}),
     wrong=["24999", "210.08", "3991"])
case("locale, time zone, currency of settings", get("/api/settings", data({
    "locale": "de-DE-1996", "timeZone": "America/Argentina/Buenos_Aires", "theme": "solarized-dark",
    "dateFormat": "DD.MM.YYYY"})), post("/api/profile", {
        "locale": "de-DE-1996", "timeZone": "America/Argentina/Buenos_Aires",
        "theme": "solarized-dark", "dateFormat": "DD.MM.YYYY"}),
     wrong=["de-DE-1996", "Buenos_Aires", "solarized-dark", "DD.MM.YYYY"])
case("years and fiscal quarters", get("/api/years", data({"years": [2024, 2025, 2026], "fy": "FY2026-Q1"})),
     get("/api/report?year=2026&period=FY2026-Q1"), wrong=["2026", "FY2026-Q1"])
case("versioned assets and chunk hashes", get("/", page(
    '<script src="/assets/main-4f2a9c1b.js?v=20260301"></script><link href="/assets/a-Kq7Zr2Xw.css">')),
     get("/assets/manifest-4f2a9c1b.json?v=20260301", data({"a": 1})),
     wrong=["4f2a9c1b", "20260301"])
case("A/B flags and variants", get("/", page(
    '<script>window.flags={"checkout_v2":"variant-b-2026","exp_1123":"treatment"}</script>')),
     get("/api/cart?variant=variant-b-2026&exp_1123=treatment", data({})),
     wrong=["variant-b-2026", "treatment"])
case("an application's own keys", get("/", page(
    '<script>var config={"apiKey":"AIzaSyDk7Zr2Xw9LmP4sTb8VnC","appId":"1:4821:web:9f3c2ab1",'
    '"clientId":"0oa1b2c3d4E5f6G7h8"}</script>')),
     get("/oauth?client_id=0oa1b2c3d4E5f6G7h8&app_id=1:4821:web:9f3c2ab1"),
     wrong=["0oa1b2c3d4E5f6G7h8", "9f3c2ab1"])
case("categories of a shop by their slugs", get("/", page(
    "<a href='/c/mens-shoes-size-42'>x</a><a href='/c/sale-50-percent'>y</a>")),
     get("/c/mens-shoes-size-42", page("x")), get("/c/sale-50-percent", page("y")),
     wrong=["mens-shoes-size-42", "sale-50-percent"])
case("sort orders and filters of a form", get("/l", page(
    "<select name=sort><option value='price_asc_2'>a</option></select>")),
     get("/l?sort=price_asc_2&filter=brand_samsung9"), wrong=["price_asc_2", "brand_samsung9"])
case("dates chosen from a calendar", get("/api/free", data({"free": [
    "2026-05-01", "2026-05-02T09:30", "01.05.2026", "20260503"]})),
     post("/api/book", {"from": "2026-05-02T09:30", "day": "01.05.2026", "until": "20260503"}),
     wrong=["2026-05-02T09:30", "01.05.2026", "20260503"])
case("geography: place names and coordinates", get("/api/geo", data({"lat": "48.137154",
     "lng": "11.576124", "bbox": "11.36,48.06,11.72,48.25", "city": "München"})),
     get("/api/near?lat=48.137154&lng=11.576124&bbox=11.36,48.06,11.72,48.25"),
     wrong=["48.137154", "11.576124", "11.36,48.06"])
case("address and phone of a profile, sent back", get("/api/me", data({
    "first": "Anna", "street": "Hauptstr. 12", "phone": "+4915112345678", "iban": "DE89370400440532013000",
    "company": "Example42 GmbH"})), post("/api/order", {
        "first": "Anna", "street": "Hauptstr. 12", "phone": "+4915112345678", "company": "Example42 GmbH"}),
     wrong=["Hauptstr. 12", "4915112345678", "Example42 GmbH"])
case("uuid generated by the client for idempotency", post("/api/o", {"a": 1}, data({"id": "o_Kq7Zr2Xw9L",
     "idempotencyKey": U1}, status=201), headers={"Idempotency-Key": U1}),
     get("/api/o/o_Kq7Zr2Xw9L"), get("/api/o?key=" + U1), right=["o_Kq7Zr2Xw9L", U1])
case("cache buster of the browser", get("/api/a?_=1772355600123", data({"t": 1772355600123})),
     get("/api/b?_=1772355602456"), right=["1772355600123", "1772355602456"])
case("cookie set by a script", get("/", page("<script>document.cookie='cid=Kq7'</script>")),
     get("/a", headers={"Cookie": "visitor=constant1234; cid=Kq7"}),
     get("/b", headers={"Cookie": "visitor=constant1234; cid=Kq7"}))
case("words that are routes of an application", get("/api/menu", data({"items": [
    {"id": "dashboard", "href": "/app/dashboard"}, {"id": "reports2", "href": "/app/reports2"}]})),
     get("/app/dashboard"), get("/app/reports2"), wrong=["app/dashboard", "app/reports2"])
case("enumerations and roles", get("/api/meta", data({"roles": [
    {"id": "ROLE_ADMIN_L2", "name": "Admin"}], "statuses": [{"code": "IN_PROGRESS"}],
    "types": [{"key": "HTTP2_CHECK"}]})),
     post("/api/users", {"role": "ROLE_ADMIN_L2", "status": "IN_PROGRESS", "type": "HTTP2_CHECK"}),
     wrong=["ROLE_ADMIN_L2", "IN_PROGRESS", "HTTP2_CHECK"])
case("resolution, device and browser", get("/api/env", data({"screen": "2560x1440", "agent": "Chrome/130.0.0.0",
     "os": "Windows NT 10.0"})), post("/api/log", {"screen": "2560x1440", "browser": "Chrome/130.0.0.0",
                                                   "os": "Windows NT 10.0"}),
     wrong=["2560x1440", "Chrome/130.0.0.0", "Windows NT 10.0"])
case("country codes, dial codes, units", get("/api/c", data([{"code": "DEU", "dial": "+49"},
     {"code": "USA", "dial": "+1"}])), form("/reg", [("country", "DEU"), ("dial", "+49"), ("unit", "kg")]),
     wrong=["DEU", "+49", "kg"])
case("a GraphQL query by its hash", get("/graphql?operationName=Cart&extensions=" + urllib.parse.quote(
    json.dumps({"persistedQuery": {"version": 1, "sha256Hash": "9f3c2ab17de84c50" * 4}})), data(
        {"data": {"cart": None}})), get("/graphql?operationName=Cart&extensions=" + urllib.parse.quote(
            json.dumps({"persistedQuery": {"version": 1, "sha256Hash": "9f3c2ab17de84c50" * 4}}))),
     wrong=["9f3c2ab17de84c50"])
case("a static list of shops, one chosen", get("/", page("".join(
    '<option value="store-%03d">x</option>' % i for i in range(30)))),
     form("/store", [("store", "store-017")]), wrong=["store-017"])
case("a checkbox, a rating, a quantity", get("/f", page(
    '<input type=checkbox name=terms value="accepted"><input type=radio name=stars value="5">'
    '<input type=number name=quantity value="12000">')),
     form("/f", [("terms", "accepted"), ("stars", "5"), ("quantity", "12000")]),
     wrong=["accepted", "12000"])
case("media types and encodings", get("/api/x", data({"accept": "application/vnd.github.v3+json",
     "charset": "ISO-8859-1"})), get("/api/y?charset=ISO-8859-1", headers={
         "X-Format": "application/vnd.github.v3+json"}), wrong=["ISO-8859-1", "vnd.github.v3"])
case("an ISBN, an EAN, a SKU typed in the search", get("/"), get("/search?q=9783161484100", data({
    "items": [{"ean": "9783161484100", "title": "Book"}]})), get("/p/9783161484100"),
     wrong=["q=9783161484100"])
case("colour and size of an article", get("/api/p", data({"sizes": ["EU42", "EU43"], "colours": [
    {"name": "navy", "hex": "#001f3f"}]})), post("/api/cart", {"size": "EU42", "colour": "#001f3f"}),
     wrong=["EU42", "#001f3f"])

# ---- pages with scripts, forms and attributes


def script(t, **m):
    return page("<script>%s</script>" % t, **m)


case("a WordPress nonce in inline JS", get("/", script('var wpApiSettings = {"root":"https:\\/\\/app.example.org\\/wp-json\\/","nonce":"3f9a1c7e2b","versionString":"wp\\/v2\\/"};')),
  post("/wp-json/wc/store/v1/cart/add-item", {"id": 31, "quantity": 1}, headers={"X-WP-Nonce": "3f9a1c7e2b"}), right=["3f9a1c7e2b"])
case("admin-ajax nonce in a form", get("/shop", script('var ajax_object = {"ajax_url":"\\/wp-admin\\/admin-ajax.php","security":"a81b9cd02e"};')),
  form("/wp-admin/admin-ajax.php", [("action","add"),("security","a81b9cd02e")]), right=["a81b9cd02e"], wrong=["add"])
case("a token with an escaped slash in a script", get("/", script('window.config={"csrfToken":"kq7Zr2Xw\\/9LmP4sTb8VnC==","locale":"en-GB"}')),
  post("/api/x", {"a":1}, headers={"X-CSRF-Token": "kq7Zr2Xw/9LmP4sTb8VnC=="}), right=["kq7Zr2Xw/9LmP4sTb8VnC=="])
case("OIDC form_post", get("/authorize?state=Zm9vYmFyMTIzNDU2Nzg5MA&nonce=bm9uY2UxMjM0NTY3ODkw", page('<form method="post" action="/callback"><input type="hidden" name="code" value="SplxlOBeZQQYbYS6WxSbIA"/><input type="hidden" name="state" value="Zm9vYmFyMTIzNDU2Nzg5MA"/></form>')),
  form("/callback", [("code","SplxlOBeZQQYbYS6WxSbIA"),("state","Zm9vYmFyMTIzNDU2Nzg5MA")]), right=["SplxlOBeZQQYbYS6WxSbIA"])
case("S3 presigned upload", post("/api/uploads", {"name":"a.png"}, data({"url":HOST+"/bucket/7f3a2c91-5b8e-4d0f-9a1c-2e3f4b5c6d7e?X-Amz-Signature=0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f&X-Amz-Date=20261123T101112Z","id":"upl_8Hq2LmZx91"})),
  dict(method="PUT", url="/bucket/7f3a2c91-5b8e-4d0f-9a1c-2e3f4b5c6d7e?X-Amz-Signature=0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f&X-Amz-Date=20261123T101112Z", type="text/plain", body="some text", answer=data({})),
  post("/api/uploads/upl_8Hq2LmZx91/complete", {}), right=["7f3a2c91-5b8e-4d0f-9a1c-2e3f4b5c6d7e","0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f","upl_8Hq2LmZx91"])
case("data attributes of a page", get("/p", page('<div id="cart" data-cart-id="c_9Xk27LmQp4" data-currency="EUR"></div>')),
  post("/cart/c_9Xk27LmQp4/lines", {"currency":"EUR"}), right=["c_9Xk27LmQp4"], wrong=["EUR"])
case("Next.js data", get("/", page('<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"session":{"csrfToken":"9f8e7d6c5b4a39281706"}}},"buildId":"Xy12AbCdEfGh34IjKl"}</script>')),
  get("/_next/data/Xy12AbCdEfGh34IjKl/login.json", data({})), form("/api/auth/callback", [("csrfToken","9f8e7d6c5b4a39281706")]), right=["9f8e7d6c5b4a39281706"])
case("a link's query with entities", get("/", page('<a href="/confirm?token=kq7Zr2Xw9LmP4sTb8VnC&amp;lang=en">x</a>')), get("/confirm?token=kq7Zr2Xw9LmP4sTb8VnC&lang=en"), right=["kq7Zr2Xw9LmP4sTb8VnC"])
case("an id in a redirect's place", form("/orders", [("item","4")], dict(type=HTML, body="", status=302, headers={"Location": "/orders/8812345/done"})), get("/orders/8812345/done"), get("/orders/8812345/invoice"), right=["8812345"])
case("a session id put into storage by a script", get("/", script("sessionStorage.setItem('sid', 'kq7Zr2Xw9LmP4sTb8VnC');")), get("/api/me", headers={"X-Session": "kq7Zr2Xw9LmP4sTb8VnC"}), right=["kq7Zr2Xw9LmP4sTb8VnC"])
case("an array's first and second", get("/api/slots", data([{"id":"sl_71Xq9a","free":True},{"id":"sl_72Xq9b","free":True}])), post("/api/book", {"slot":"sl_72Xq9b"}), right=["sl_72Xq9b"])
case("typed and echoed", form("/search", [("q","blue teapot")], page("Results for blue teapot")), get("/search?q=blue+teapot&page=2"), wrong=["teapot"])
case("a user's name echoed", post("/login", {"username":"anna.kovacs","password":"hunter2hunter2"}, data({"username":"anna.kovacs","token":"kq7Zr2Xw9LmP4sTb8VnC"})), get("/users/anna.kovacs", headers={"Authorization":"Bearer kq7Zr2Xw9LmP4sTb8VnC"}), right=["kq7Zr2Xw9LmP4sTb8VnC"], wrong=["anna.kovacs"])
case("ETag and If-Match", get("/api/doc", data({"t":"x"}, headers={"ETag": '"686897696a7c876b7e"'})), dict(method="PUT", url="/api/doc", type=JSON, body='{"t":"y"}', headers={"If-Match": '"686897696a7c876b7e"'}, answer=data({})), right=["686897696a7c876b7e"])
case("the pages a change came from, at whatever host the run goes to", get("/login", page("x"), headers={"Referer": "https://www.google.com/"}),
  form("/login", [("u", "a")], dict(type=HTML, body="", status=302, headers={"Location": "/orders/8812345"}), headers={"Referer": HOST + "/login", "Origin": HOST}),
  get("/orders/8812345", page("x"), headers={"Referer": HOST + "/login"}),
  form("/orders/8812345/pay", [("a", "1")], headers={"Referer": HOST + "/orders/8812345", "Origin": HOST}),
  right=["Referer: " + HOST, "Origin: " + HOST, "8812345"])
case("a token that is the whole response", get("/api/token", dict(type="text/plain", body="tok-9d8f7a6b5c4e\n")),
  get("/api/data", headers={"X-Api-Token": "tok-9d8f7a6b5c4e"}), right=["tok-9d8f7a6b5c4e"])
case("a token in a form-encoded response", get("/api/token", dict(type="text/plain", body="access_token=kq7Zr2Xw9LmP4sTb8VnC&token_type=bearer")),
  get("/api/data", headers={"Authorization": "Bearer kq7Zr2Xw9LmP4sTb8VnC"}), right=["kq7Zr2Xw9LmP4sTb8VnC"])
case("an element of XML without a declaration", dict(method="POST", url="/soap", type="text/xml", body="<E><login><u>a</u></login></E>",
  answer=dict(type="text/xml", body="<E><sessionId>S-77aQx19LmPo2</sessionId><url>x</url></E>")),
  dict(method="POST", url="/soap", type="text/xml", body="<E><sessionId>S-77aQx19LmPo2</sessionId><q/></E>", answer=dict(type="text/xml", body="<r/>")),
  right=["S-77aQx19LmPo2"])
case("JSF: the view's state from the page, then from its update", get("/a.xhtml", page(hidden("javax.faces.ViewState", "-8237482734827348:2348728347283472"))),
  form("/a.xhtml", [("javax.faces.ViewState", "-8237482734827348:2348728347283472"), ("j_idt5", "x")], dict(type="text/xml",
  body='<?xml version="1.0"?><partial-response><changes><update id="j_idt2"><![CDATA[<p>x</p>]]></update><update id="javax.faces.ViewState"><![CDATA[-1111482734827348:9998728347283472]]></update></changes></partial-response>')),
  form("/a.xhtml", [("javax.faces.ViewState", "-1111482734827348:9998728347283472")]),
  right=["-8237482734827348:2348728347283472", "-1111482734827348:9998728347283472"])
case("the id of what was made, sent under its noun", post("/api/projects", {"name": "P"}, data({"id": 5128, "name": "P"}, status=201)),
  get("/api/tasks?project=5128"), post("/api/tasks", {"project_id": 5128, "title": "x"}), right=["5128"], wrong=["title: x"])

if __name__ == "__main__":
    import_cases.main()
