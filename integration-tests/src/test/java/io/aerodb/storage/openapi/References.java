package io.aerodb.storage.openapi;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Follows the references of a document. */
record References(JsonNode root) {

    /** The node itself, or what it is a reference to. */
    JsonNode resolved(JsonNode node) {
        return node.has("$ref")
                ? resolved(root.at(node.path("$ref").stringValue().substring(1)))
                : node;
    }

    JsonNode resolved(JsonNode parent, String name) {
        return resolved(parent.path(name));
    }

    /** A schema of this document, which may refer to others in it. */
    Schema schema(JsonNode node) {
        ObjectNode alone = node.deepCopy().asObject();
        alone.set("components", root.path("components"));
        return Schema.of(alone);
    }
}
