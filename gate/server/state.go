package server

import (
	"net/http"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/knowledge"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

type labelJSON struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

type classJSON struct {
	Number uint16 `json:"number"`
	labelJSON
}

type regionJSON struct {
	Number string `json:"number"`
	labelJSON
}

type clockJSON struct {
	Shows     string                  `json:"shows"`
	Effective string                  `json:"effective"`
	Behind    float64                 `json:"behind_hours"`
	Standing  knowledge.ClockStanding `json:"standing"`
}

type lackJSON struct {
	Kind   string `json:"kind"`
	Region string `json:"region,omitempty"`
	List   uint32 `json:"list,omitempty"`
	labelJSON
}

type problemJSON struct {
	Source string `json:"source"`
	labelJSON
}

type knowledgeJSON struct {
	Loaded    bool          `json:"loaded"`
	List      string        `json:"list_version,omitempty"`
	Policy    string        `json:"policy_version,omitempty"`
	Issued    string        `json:"issued,omitempty"`
	AgeHours  float64       `json:"age_hours"`
	Freshness string        `json:"freshness,omitempty"`
	From      string        `json:"from,omitempty"`
	Applied   string        `json:"applied,omitempty"`
	Missing   []lackJSON    `json:"missing"`
	Problems  []problemJSON `json:"problems"`
}

type stateJSON struct {
	Version   string               `json:"version"`
	Ready     bool                 `json:"ready"` // there is trust material to judge with
	Class     uint16               `json:"class"`
	Region    string               `json:"region"`
	Classes   []classJSON          `json:"classes"`
	Regions   []regionJSON         `json:"regions"`
	Clock     clockJSON            `json:"clock"`
	Knowledge knowledgeJSON        `json:"knowledge"`
	Features  featuresJSON         `json:"features"`
	Words     map[string]labelJSON `json:"words"`
}

type featuresJSON struct {
	Features
	Training  bool `json:"training"`
	Enrolment bool `json:"enrolment"`
	Counters  bool `json:"counters"`
}

func rfc3339(t time.Time) string { return t.In(format.ChinaTime).Format(time.RFC3339) }

func (s *Server) state(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, s.viewState())
}

func (s *Server) viewState() stateJSON {
	standing, venue := s.options.Keeper.Standing(), s.options.Gate.Venue()
	state := stateJSON{
		Version: s.options.Version, Ready: standing.Loaded, Class: venue.Class, Region: venue.Region,
		Classes: s.classes(), Clock: viewClock(standing.Clock), Knowledge: s.viewKnowledge(standing),
		Features: featuresJSON{
			Features: s.options.Features, Training: s.options.Gate.Training(),
			Enrolment: s.options.People != nil, Counters: s.options.Counters != nil,
		},
		Words: map[string]labelJSON{},
	}
	for _, region := range spec.Regions() {
		state.Regions = append(state.Regions, regionJSON{region.Number, labelJSON(region.Label)})
	}
	for key, label := range s.options.Words {
		state.Words[key] = labelJSON(label)
	}
	return state
}

// classes are those of the table and those that the policy adds.
func (s *Server) classes() []classJSON {
	var all []classJSON
	for _, class := range spec.VenueClasses() {
		all = append(all, classJSON{class.Number, labelJSON(class.Label)})
	}
	nation := s.nation()
	if nation == nil {
		return all
	}
	names := policy.NamesOf(nation)
	for _, name := range nation.Names {
		if _, known := spec.VenueClassByNumber(name.Number); name.Table == trustlist.TableClasses && !known {
			all = append(all, classJSON{name.Number, labelJSON{names.VenueClass(name.Number, "zh"), names.VenueClass(name.Number, "en")}})
		}
	}
	return all
}

// nation is the policy in force, nil when there is none.
func (s *Server) nation() *trustlist.Policy {
	if state := s.options.Keeper.State(); state != nil {
		return state.Trust.Policy()
	}
	return nil
}

func viewClock(c knowledge.Clock) clockJSON {
	return clockJSON{rfc3339(c.Shows), rfc3339(c.Effective), c.Behind.Hours(), c.Standing}
}

func (s *Server) viewKnowledge(k knowledge.Standing) knowledgeJSON {
	view := knowledgeJSON{Loaded: k.Loaded, Missing: []lackJSON{}, Problems: []problemJSON{}}
	for _, problem := range k.Problems {
		view.Problems = append(view.Problems, problemJSON{problem.Source, labelJSON(s.options.Explain(problem.Err))})
	}
	if !k.Loaded {
		return view
	}
	view.List, view.Policy = k.ListVersion.String(), k.PolicyVersion.String()
	view.Issued, view.AgeHours, view.Freshness = rfc3339(k.Issued), k.Age.Hours(), k.Freshness.String()
	view.From, view.Applied = k.From, rfc3339(k.Applied)
	for _, lack := range k.Missing {
		view.Missing = append(view.Missing, s.viewLack(lack))
	}
	return view
}

// viewLack names what is missing with the region that it is of.
func (s *Server) viewLack(lack knowledge.Lack) lackJSON {
	kind := s.options.Words["gate_missing_"+lack.Kind.String()]
	view := lackJSON{lack.Kind.String(), lack.Region, lack.List, labelJSON(kind)}
	if region, ok := spec.RegionByNumber(lack.Region); ok {
		view.ZH, view.EN = region.Label.ZH+" "+kind.ZH, region.Label.EN+": "+kind.EN
	}
	return view
}

// venue says where the device stands.
func (s *Server) venue(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Class  uint16 `json:"class"`
		Region string `json:"region"`
	}
	if decode(w, r, &request) != nil {
		s.refuse(w, http.StatusBadRequest, "bad_request")
		return
	}
	known := request.Class == 0
	for _, class := range s.classes() {
		known = known || class.Number == request.Class
	}
	if _, region := spec.RegionByNumber(request.Region); !known || request.Region != "" && !region || request.Class == 0 && request.Region != "" {
		s.refuse(w, http.StatusUnprocessableEntity, "venue_unknown")
		return
	}
	venue := gate.Venue{Class: request.Class, Region: request.Region}
	if s.options.SaveVenue != nil {
		if err := s.options.SaveVenue(venue); err != nil {
			s.refuseWith(w, http.StatusInternalServerError, "not_saved", s.options.Explain(err))
			return
		}
	}
	s.options.Gate.SetVenue(venue)
	s.state(w, r)
}
