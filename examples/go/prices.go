// prices SLUG...: the price of each coin in dollars, one a line.
//
// Asks the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. Exit status: 0 with a price for
// each coin, 1 without, 64 when no coin is named. Run it with: go run prices.go bitcoin ethereum
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// The parts of an answer of /quotes that are used here.
type answer struct {
	Quotes []struct {
		Slug    string
		Convert string
		Price   json.Number // the provider's digits, which a float64 would not keep; "" for null
		Age     float64     // seconds
		Stale   bool
	}
	Missing     []struct{ Asked string }
	Unavailable []struct{ Asked, Code string }
}

func quotes(server string, slugs []string) (*answer, error) {
	query := url.Values{"slugs": {strings.Join(slugs, ",")}, "convert": {"USD"}}
	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Get(server + "/quotes?" + query.Encode())
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		// An error of the daemon is a problem document (RFC 9457).
		var problem struct{ Detail string }
		if json.NewDecoder(response.Body).Decode(&problem) != nil || problem.Detail == "" {
			return nil, fmt.Errorf("%s answers %s", server, response.Status)
		}
		return nil, fmt.Errorf("%s", problem.Detail)
	}
	var got answer
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		return nil, fmt.Errorf("%s answers something else than quotes: %w", server, err)
	}
	return &got, nil
}

// Returns what was asked for and has no price, and why.
func show(got *answer) (lacking []string) {
	for _, row := range got.Quotes {
		if row.Price == "" {
			lacking = append(lacking, row.Slug+" has no price")
			continue
		}
		age := ""
		if row.Stale {
			age = fmt.Sprintf(" (stale: %.1f s old)", row.Age)
		}
		fmt.Printf("%s %s %s%s\n", row.Slug, row.Price, row.Convert, age)
	}
	for _, one := range got.Missing {
		lacking = append(lacking, one.Asked+" does not exist")
	}
	for _, one := range got.Unavailable {
		lacking = append(lacking, one.Asked+" "+one.Code)
	}
	return lacking
}

func main() {
	server := os.Getenv("QUOTECACHE_SERVER")
	if server == "" {
		server = "http://127.0.0.1:8466"
	}
	slugs := os.Args[1:]
	if len(slugs) == 0 {
		fmt.Fprintln(os.Stderr, "usage: prices SLUG...")
		os.Exit(64)
	}
	got, err := quotes(server, slugs)
	if err != nil {
		fmt.Fprintln(os.Stderr, "prices:", err)
		os.Exit(1)
	}
	lacking := show(got)
	for _, why := range lacking {
		fmt.Fprintln(os.Stderr, "prices:", why)
	}
	if len(lacking) > 0 {
		os.Exit(1)
	}
}
