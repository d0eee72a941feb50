/** What happened to buckets and objects is told to those who may see it. */
@NullMarked
package io.aerodb.storage.gateway.event;

import org.jspecify.annotations.NullMarked;
