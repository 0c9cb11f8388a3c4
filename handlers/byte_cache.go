package handlers

import (
	stdsync "sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// byteCache keeps the values used last, as many as fit into a number of bytes. Safe for concurrent use.
type byteCache[K comparable, V any] struct {
	most int
	size func(K, V) int // of what a value takes, with what its key holds alone

	mu   stdsync.Mutex
	used int
	kept *simplelru.LRU[K, sized[V]]
}

// sized remembers what a value was counted as, so that the sum stays right whatever the value becomes.
type sized[V any] struct {
	value V
	bytes int
}

func newByteCache[K comparable, V any](most int, size func(K, V) int) *byteCache[K, V] {
	c := &byteCache[K, V]{most: most, size: size}
	forget := func(_ K, old sized[V]) { c.used -= old.bytes }
	c.kept, _ = simplelru.NewLRU(1<<30, forget) // the length is above zero; bytes are what bounds it
	return c
}

func (c *byteCache[K, V]) get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.kept.Get(key)
	return found.value, ok
}

func (c *byteCache[K, V]) add(key K, value V) {
	entry := sized[V]{value, c.size(key, value)}
	if entry.bytes > c.most {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Remove(key)
	c.used += entry.bytes
	c.kept.Add(key, entry)
	for c.used > c.most {
		c.kept.RemoveOldest()
	}
}
