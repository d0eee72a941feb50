package io.aerodb.storage.gateway.openapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A part of an OpenAPI document; what is absent is an empty node. References are followed where they stand. */
final class Node {

    private final Map<?, ?> root;
    private final @Nullable Object value;

    private Node(Map<?, ?> root, @Nullable Object value) {
        this.root = root;
        this.value = value;
    }

    static Node parse(String yaml) {
        Map<?, ?> root = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return new Node(root, root);
    }

    boolean isAbsent() {
        return value == null;
    }

    /** Whether both are written once in the document, and meant twice. */
    boolean isSame(Node other) {
        return value == other.value;
    }

    /** A scalar as it is written; empty text for anything else. */
    String text() {
        return value == null || value instanceof Map || value instanceof List ? "" : value.toString();
    }

    /** A member; a reference has those of what it refers to, too. */
    Node at(String name) {
        return new Node(root, all().get(name));
    }

    /** The members by name, in their order. */
    Map<String, Node> members() {
        Map<String, Node> members = new LinkedHashMap<>();
        all().forEach((name, member) -> members.put(name, new Node(root, member)));
        return members;
    }

    List<Node> elements() {
        return value instanceof List<?> list
                ? list.stream().map(element -> new Node(root, element)).toList()
                : List.of();
    }

    /** The last word of what this is a reference to, like {@code Bucket}. */
    Optional<String> referredName() {
        return pointer().map(pointer -> pointer.substring(pointer.lastIndexOf('/') + 1));
    }

    private Map<String, Object> all() {
        Map<String, Object> members = new LinkedHashMap<>();
        pointer().map(this::target).ifPresent(target -> members.putAll(target.all()));
        if (value instanceof Map<?, ?> own) {
            own.forEach((name, member) -> members.merge(String.valueOf(name), member, Node::joined));
        }
        members.remove("$ref");
        return members;
    }

    private Optional<String> pointer() {
        return value instanceof Map<?, ?> map
                ? Optional.ofNullable(map.get("$ref")).map(Object::toString)
                : Optional.empty();
    }

    private Node target(String pointer) {
        Object found = root;
        for (String step : pointer.substring("#/".length()).split("/")) {
            found = Objects.requireNonNull(((Map<?, ?>) found).get(step), pointer);
        }
        return new Node(root, found);
    }

    /** Beside a reference more members or required ones may stand; anything else counts instead of what is referred to. */
    private static Object joined(Object referred, Object own) {
        if (referred instanceof Map<?, ?> some && own instanceof Map<?, ?> more) {
            Map<Object, Object> both = new LinkedHashMap<>(some);
            both.putAll(more);
            return both;
        }
        if (referred instanceof List<?> some && own instanceof List<?> more) {
            List<Object> both = new ArrayList<>();
            Stream.concat(some.stream(), more.stream()).forEach(both::add);
            return both;
        }
        return own;
    }
}
