/** The API's own description: the OpenAPI document, and a page made of it for people. */
@NullMarked
package io.aerodb.storage.gateway.openapi;

import org.jspecify.annotations.NullMarked;
