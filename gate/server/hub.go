package server

import (
	"encoding/json"
	"net/http"
	"sync"
)

// maxWaiting is how many events wait for a page that does not take them: the
// oldest give way, for the newest screen is what counts.
const maxWaiting = 16

// hub hands events to the pages that listen.
type hub struct {
	mu    sync.Mutex
	pages map[chan []byte]struct{}
}

// send hands an event to every page, without waiting for any.
func (h *hub) send(name string, data []byte) {
	event := append([]byte("event: "+name+"\ndata: "), data...)
	event = append(event, "\n\n"...)
	h.mu.Lock()
	defer h.mu.Unlock()
	for page := range h.pages {
		for sent := false; !sent; {
			select {
			case page <- event:
				sent = true
			default:
				select {
				case <-page:
				default:
				}
			}
		}
	}
}

func (h *hub) join() chan []byte {
	page := make(chan []byte, maxWaiting)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pages == nil {
		h.pages = map[chan []byte]struct{}{}
	}
	h.pages[page] = struct{}{}
	return page
}

func (h *hub) leave(page chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, page)
}

// Send sends an event to every page that listens, such as a screen that a scanner
// at the device caused. data is one line of JSON.
func (s *Server) Send(name string, data []byte) { s.hub.send(name, data) }

// KnowledgeChanged tells the pages what is known now.
func (s *Server) KnowledgeChanged() {
	standing := s.options.Keeper.Standing()
	s.sendJSON("knowledge", s.viewKnowledge(standing))
	s.sendJSON("clock", viewClock(standing.Clock))
}

// DeviceChanged tells the pages that a scanner or reader was plugged in or out.
func (s *Server) DeviceChanged(device string, connected bool) {
	s.sendJSON("device", map[string]any{"device": device, "connected": connected})
}

func (s *Server) sendJSON(name string, v any) {
	if data, err := json.Marshal(v); err == nil { // of types of this package
		s.hub.send(name, data)
	}
}

// events streams events (server-sent events, HTML Living Standard) until the page
// goes away.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w)
	page := s.hub.join()
	defer s.hub.leave(page)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Write([]byte(": connected\n\n"))
	if flush.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case event := <-page:
			if _, err := w.Write(event); err != nil || flush.Flush() != nil {
				return
			}
		}
	}
}
