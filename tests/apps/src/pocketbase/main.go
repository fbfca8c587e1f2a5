// PocketBase for the test bed: the collection "notes", and a file of who changed which record.
package main

import (
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"sync"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

var lock sync.Mutex

// keepChange appends a line for a change of a record after it was stored, and for a file of a new one.
func keepChange(action string) func(*core.RecordRequestEvent) error {
	return func(event *core.RecordRequestEvent) error {
		if err := event.Next(); err != nil {
			return err
		}
		lock.Lock()
		defer lock.Unlock()
		file, err := os.OpenFile(os.Getenv("CHANGES"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		defer file.Close()
		token := sha256.Sum256([]byte(event.Request.Header.Get("Authorization")))
		_, err = fmt.Fprintf(file, "%s %s %x\n", action, event.Record.Id, token[:8])
		if err == nil && action == "created" && event.Record.GetString("pic") != "" {
			_, err = fmt.Fprintf(file, "attached %s %x\n", event.Record.Id, token[:8])
		}
		return err
	}
}

// createNotes creates the collection when the server starts for the first time.
func createNotes(event *core.ServeEvent) error {
	if _, err := event.App.FindCollectionByNameOrId("notes"); err != nil {
		notes := core.NewBaseCollection("notes")
		notes.Fields.Add(&core.TextField{Name: "title"})
		notes.Fields.Add(&core.FileField{Name: "pic", MaxSelect: 1, MaxSize: 1 << 20})
		if err := event.App.Save(notes); err != nil {
			return err
		}
	}
	return event.Next()
}

func main() {
	app := pocketbase.New()
	app.OnServe().BindFunc(createNotes)
	app.OnRecordCreateRequest("notes").BindFunc(keepChange("created"))
	app.OnRecordUpdateRequest("notes").BindFunc(keepChange("edited"))
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
