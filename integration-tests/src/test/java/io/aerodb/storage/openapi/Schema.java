package io.aerodb.storage.openapi;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A JSON schema, compiled. Formats are asserted. */
record Schema(com.networknt.schema.Schema compiled) {

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDialect(
            Dialects.getDraft202012(),
            registry -> registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    static Schema of(JsonNode schema) {
        return new Schema(REGISTRY.getSchema(schema));
    }

    List<String> complaints(JsonNode value) {
        return compiled.validate(value).stream().map(Error::toString).toList();
    }
}
