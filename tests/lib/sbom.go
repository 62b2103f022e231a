// Checks a bill of materials (SPDX 2.3 as JSON): its form, and that it lists the packages of the arguments.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	var d struct {
		SPDXVersion, DataLicense, SPDXID, Name, DocumentNamespace string
		CreationInfo struct {
			Created  string
			Creators []string
		}
		Packages []struct {
			SPDXID, Name, VersionInfo, DownloadLocation, LicenseConcluded, LicenseDeclared, CopyrightText string
			FilesAnalyzed                                                                                 *bool
			Checksums                                                                                     []struct{ Algorithm, ChecksumValue string }
		}
		Relationships []struct{ SpdxElementID, RelationshipType, RelatedSpdxElement string }
	}
	b, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	bad := func(f string, a ...any) { fmt.Printf(f+"\n", a...); os.Exit(1) }
	if d.SPDXVersion != "SPDX-2.3" || d.DataLicense != "CC0-1.0" || d.SPDXID != "SPDXRef-DOCUMENT" || d.Name == "" ||
		!strings.HasPrefix(d.DocumentNamespace, "https://") || len(d.CreationInfo.Creators) == 0 || d.CreationInfo.Created == "" {
		bad("document: %+v", d)
	}
	id, sum := regexp.MustCompile(`^SPDXRef-[A-Za-z0-9.-]+$`), regexp.MustCompile(`^[0-9a-f]{64}$`)
	names, ids := map[string]bool{}, map[string]bool{"SPDXRef-DOCUMENT": true}
	for _, p := range d.Packages {
		if !id.MatchString(p.SPDXID) || ids[p.SPDXID] || p.Name == "" || p.VersionInfo == "" || p.DownloadLocation == "" ||
			p.LicenseDeclared == "" || p.LicenseDeclared == "NOASSERTION" || p.CopyrightText == "" || p.FilesAnalyzed == nil || *p.FilesAnalyzed {
			bad("package: %+v", p)
		}
		for _, c := range p.Checksums {
			if c.Algorithm != "SHA256" || !sum.MatchString(c.ChecksumValue) {
				bad("checksum: %+v", p)
			}
		}
		ids[p.SPDXID], names[p.Name] = true, true
	}
	for _, r := range d.Relationships {
		if !ids[r.SpdxElementID] || !ids[r.RelatedSpdxElement] {
			bad("relationship: %+v", r)
		}
	}
	for _, want := range os.Args[2:] {
		if !names[want] {
			bad("%s is not listed", want)
		}
	}
	if len(d.Relationships) != len(d.Packages) {
		bad("%d packages, %d relationships", len(d.Packages), len(d.Relationships))
	}
}
