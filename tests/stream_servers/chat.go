// The chat of README.md with gorilla/websocket.
//
// usage: chat SECONDS
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// With a buffer this small, large messages are sent in many frames.
var upgrader = websocket.Upgrader{
	WriteBufferSize:   1000,
	EnableCompression: true,
	Subprotocols:      []string{"chat.v1"},
}

type message struct {
	Type    string `json:"type"`
	Number  int    `json:"number,omitempty"`
	Ticks   int    `json:"ticks,omitempty"`
	Letters int    `json:"letters,omitempty"`
	ID      string `json:"id,omitempty"`
	Text    string `json:"text,omitempty"`
	End     string `json:"end,omitempty"`
}

type talk struct {
	socket         *websocket.Conn
	received, sent int
}

func (t *talk) send(m message) {
	t.sent++
	t.socket.WriteJSON(m)
}

func (t *talk) reply(m message) {
	switch m.Type {
	case "join":
		t.socket.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Minute))
		t.send(message{Type: "ask", Text: "who are you"})
		t.send(message{Type: "joined", ID: fmt.Sprintf("u%d", m.Number)})
		for number := 0; number < m.Ticks; number++ {
			t.send(message{Type: "tick", Number: number})
		}
	case "big":
		t.send(message{Type: "page", Text: strings.Repeat("ä", m.Letters), End: "of the page"})
	}
}

func reverse(data []byte) {
	for i, j := 0, len(data)-1; i < j; i, j = i+1, j-1 {
		data[i], data[j] = data[j], data[i]
	}
}

func handle(w http.ResponseWriter, r *http.Request) {
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer socket.Close()
	t := talk{socket: socket}
	code := 1006
	socket.SetCloseHandler(func(c int, _ string) error {
		code = c
		return socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c, ""), time.Now().Add(time.Minute))
	})
	for {
		kind, data, err := socket.ReadMessage()
		if err != nil {
			break
		}
		t.received++
		var m message
		if kind == websocket.BinaryMessage {
			reverse(data)
			t.sent++
			socket.WriteMessage(kind, data)
		} else if json.Unmarshal(data, &m) == nil {
			t.reply(m)
		}
	}
	compressed := "plain"
	if strings.Contains(r.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate") {
		compressed = "compressed"
	}
	protocol := socket.Subprotocol()
	fmt.Fprintf(os.Stdout, "closed %d received %d sent %d %s %s\n", code, t.received, t.sent, protocol, compressed)
}

func main() {
	seconds, _ := strconv.ParseFloat(os.Args[1], 64)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	time.AfterFunc(time.Duration(seconds*float64(time.Second)), func() { os.Exit(0) })
	http.Serve(listener, http.HandlerFunc(handle))
}
