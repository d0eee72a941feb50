package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Objects of Kubernetes. */
record Manifests(List<JsonNode> objects) {

    /** How hooks are marked here. */
    static final String HOOK = "test.helm.sh/hook";

    private static final JsonMapper JSON = JsonMapper.shared();

    static Manifests of(String yaml) {
        return new Manifests(StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
                .filter(Map.class::isInstance)
                .map(document -> JSON.convertValue(document, JsonNode.class))
                .toList());
    }

    Stream<JsonNode> ofKind(String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").stringValue("").equals(kind));
    }

    /** The only one of its kind. */
    JsonNode only(String kind) {
        List<JsonNode> all = ofKind(kind).toList();
        assertThat(all).as(kind).hasSize(1);
        return all.get(0);
    }

    boolean has(String kind) {
        return ofKind(kind).findAny().isPresent();
    }

    JsonNode deployment() {
        return only("Deployment");
    }

    /** The container of the gateways. */
    JsonNode gateway() {
        return deployment().at("/spec/template/spec/containers/0");
    }

    /** The metadata and spec of every Pod that anything here makes. */
    Stream<JsonNode> pods() {
        return objects.stream().flatMap(object -> switch (object.path("kind").stringValue()) {
            case "Deployment", "Job" -> Stream.of(object.at("/spec/template"));
            case "Pod" -> Stream.of(object);
            default -> Stream.empty();
        });
    }

    /** The gateways' own settings, as two documents of YAML. */
    String application() {
        return configMap().at("/data/application.yaml").stringValue();
    }

    private JsonNode configMap() {
        String name = deployment()
                .at("/spec/template/spec/volumes")
                .valueStream()
                .filter(volume -> volume.path("name").stringValue().equals("config"))
                .map(volume -> volume.at("/configMap/name").stringValue())
                .findFirst()
                .orElseThrow();
        return ofKind("ConfigMap")
                .filter(map -> name(map).equals(name))
                .findFirst()
                .orElseThrow();
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").stringValue("");
    }

    /** Whether a selector's labels are all among those of an object's metadata. */
    static boolean selects(JsonNode labels, JsonNode object) {
        return labels.properties().stream().allMatch(label -> label.getValue()
                .equals(object.at("/metadata/labels").get(label.getKey())));
    }
}
