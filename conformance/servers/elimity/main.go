// elimity-com/scim, set up as its README says, over maps in memory. PATCH is left to the application there, operation by
// operation, so that it is not advertised here: what is judged is the library.
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
	"golang.org/x/text/unicode/norm"
)

// table is what a small app would write over its own tables.
type table struct {
	lock   sync.Mutex
	rows   map[string]scim.Resource
	order  []string
	name   string
	unique string
	groups *table
}

func (t *table) put(id string, attributes scim.ResourceAttributes, created *time.Time) (scim.Resource, error) {
	if value, ok := attributes[t.unique].(string); ok {
		for _, other := range t.rows {
			if taken, ok := other.Attributes[t.unique].(string); ok && other.ID != id && prepared(taken) == prepared(value) {
				return scim.Resource{}, errors.ScimErrorUniqueness
			}
		}
	}
	// Its README leaves what is writeOnly to the application, and what is readOnly and its own.
	delete(attributes, "password")
	now := time.Now().UTC()
	if created == nil {
		created = &now
		t.order = append(t.order, id)
	}
	row := scim.Resource{ID: id, Attributes: attributes, Meta: scim.Meta{Created: created, LastModified: &now}}
	if externalID, ok := attributes[schema.CommonAttributeExternalID].(string); ok {
		row.ExternalID = optional.NewString(externalID)
	}
	t.rows[id] = row
	return row, nil
}

// prepared is what is compared of a name: RFC 7644, section 5.
func prepared(name string) string {
	return strings.ToLower(norm.NFC.String(name))
}

func (t *table) Create(_ *http.Request, attributes scim.ResourceAttributes) (scim.Resource, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.put(rand.Text(), attributes, nil)
}

func (t *table) Get(_ *http.Request, id string) (scim.Resource, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	row, ok := t.rows[id]
	if !ok {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return t.shown(row), nil
}

// shown is a user with the groups that it is in.
func (t *table) shown(row scim.Resource) scim.Resource {
	if t.groups == nil {
		return row
	}
	t.groups.lock.Lock()
	defer t.groups.lock.Unlock()
	own := []interface{}{}
	for _, group := range t.groups.rows {
		members, _ := group.Attributes["members"].([]interface{})
		for _, member := range members {
			if member, ok := member.(map[string]interface{}); ok && member["value"] == row.ID {
				own = append(own, map[string]interface{}{"value": group.ID, "display": group.Attributes["displayName"]})
			}
		}
	}
	if len(own) > 0 {
		whole := scim.ResourceAttributes{"groups": own}
		for name, value := range row.Attributes {
			whole[name] = value
		}
		row.Attributes = whole
	}
	return row
}

func (t *table) GetAll(_ *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	found := []scim.Resource{}
	for _, id := range t.order {
		row, ok := t.rows[id]
		if !ok {
			continue
		}
		if params.FilterValidator != nil {
			whole := map[string]interface{}{"id": row.ID, "meta": map[string]interface{}{
				"resourceType": t.name,
				"created":      row.Meta.Created.Format(time.RFC3339),
				"lastModified": row.Meta.LastModified.Format(time.RFC3339),
			}}
			for name, value := range row.Attributes {
				whole[name] = value
				// The library looks for attributes of extensions by their whole names.
				if extension, ok := value.(map[string]interface{}); ok && strings.HasPrefix(name, "urn:") {
					for part, value := range extension {
						whole[name+":"+part] = value
					}
				}
			}
			if params.FilterValidator.PassesFilter(whole) != nil {
				continue
			}
		}
		found = append(found, t.shown(row))
	}
	total := len(found)
	from := min(params.StartIndex-1, total)
	return scim.Page{TotalResults: total, Resources: found[from:min(from+params.Count, total)]}, nil
}

func (t *table) Replace(_ *http.Request, id string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	row, ok := t.rows[id]
	if !ok {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return t.put(id, attributes, row.Meta.Created)
}

func (t *table) Delete(_ *http.Request, id string) error {
	t.lock.Lock()
	defer t.lock.Unlock()
	if _, ok := t.rows[id]; !ok {
		return errors.ScimErrorResourceNotFound(id)
	}
	delete(t.rows, id)
	t.order = slices.DeleteFunc(t.order, func(other string) bool { return other == id })
	return nil
}

func (t *table) Patch(*http.Request, string, []scim.PatchOperation) (scim.Resource, error) {
	return scim.Resource{}, errors.ScimErrorBadRequest("PATCH is not supported")
}

func main() {
	token := rand.Text()
	groups := &table{rows: map[string]scim.Resource{}, name: "Group"}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	base := fmt.Sprintf("http://%s/scim/v2", listener.Addr())
	server, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{
			DocumentationURI: optional.NewString("https://github.com/elimity-com/scim"),
			AuthenticationSchemes: []scim.AuthenticationScheme{{
				Type: scim.AuthenticationTypeOauthBearerToken, Name: "Bearer", Description: "A bearer token",
			}},
			MaxResults:       200,
			SupportFiltering: true,
		},
		ResourceTypes: []scim.ResourceType{
			{
				ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Schema: schema.CoreUserSchema(),
				SchemaExtensions: []scim.SchemaExtension{{Schema: schema.ExtensionEnterpriseUser()}},
				Handler:          &table{rows: map[string]scim.Resource{}, name: "User", unique: "userName", groups: groups},
			},
			{
				ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups", Schema: schema.CoreGroupSchema(),
				Handler: groups,
			},
		},
	}, scim.WithBaseURL(base))
	if err != nil {
		log.Fatal(err)
	}
	scimBelow := http.StripPrefix("/scim", server)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.Header().Set("Content-Type", "application/scim+json")
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]interface{}{
				"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "401", "detail": "no valid token",
			})
			return
		}
		scimBelow.ServeHTTP(w, r)
	})
	line, _ := json.Marshal(map[string]string{"base": base, "token": token})
	fmt.Println(string(line))
	log.Fatal(http.Serve(listener, handler))
}
