// Package importer holds the plain structs that every import format is read into.
//
// The packages below it parse one family of files each and know nothing of Tandem's own records: whoever calls them makes
// transactions of what they hand over. Texts already fit the product (see MaxTitle and MaxText), times are UTC, and each
// record has a SourceID that is the same at every import, so that a second import of a file changes nothing.
package importer
