package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What the chart does not install, and what it says then. */
class ChartRefusalsTest {

    private static final Pattern SECRET =
            Pattern.compile("(password|passphrase|secret|accesskey|accesskeyid|sessiontoken|token|privatekey)$");

    static List<String> examples() {
        return Chart.examples();
    }

    @Test
    void whoSetsNothingIsToldWhatToSet() {
        assertThatThrownBy(() -> Chart.of("{}"))
                .hasMessageContaining("There is no database: set config.storage.database.host.")
                .hasMessageContaining("There is nothing to verify tokens with: set existingSecrets.jwt.name")
                .hasMessageContaining("There is no backend: set persistence.enabled to true");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            replicas: 3                                  | 'replicas' not allowed
            image: {repo: x}                             | 'repo' not allowed
            existingSecrets: {jwt: {key: x, secret: y}}  | 'secret' not allowed
            existingSecrets: {s3: {archive: {key: x}}}   | 'key' not allowed
            migration: {mode: later}                     | 'hook', 'job', 'startup', 'none'
            replicaCount: many                           | got string, want integer
            image: {digest: latest}                      | does not match pattern
            service: {port: 70000}                       | maximum
            resources: {limits: {memory: null}}          | missing property 'memory'
            persistence: {accessModes: [ReadOnlyMany]}   | 'ReadWriteMany'
            test: {url: files.example.com}               | does not match pattern
            fullnameOverride: "123"                      | does not match pattern
            image: {repository: "x\\n[y"}                | does not match pattern
            extraEnv: [{name: A, valu: b}]               | 'valu' not allowed
            """)
    void whatTheSchemaDoesNotKnow(String values, String said) {
        assertThatThrownBy(() -> Chart.of(Chart.example("local-values.yaml"), values))
                .hasMessageContaining("schema")
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            storage: {database: {password: geheim}}                    | existingSecrets.database.name
            storage.database.password: geheim                          | existingSecrets.database.name
            storage: {database.migration.password: geheim}             | existingSecrets.migration.name
            storage: {auth: {jwt-secret: geheim}}                      | existingSecrets.jwt.name
            storage: {auth: {jwtSecret: geheim}}                       | existingSecrets.jwt.name
            'storage[auth]': {'[jwt-secret]': geheim}                  | existingSecrets.jwt.name
            storage: {signing: {secret: geheim}}                       | existingSecrets.signing.name
            storage: {backends: {my-s3: {s3: {access-key-id: geheim}}}}     | existingSecrets.s3.my-s3.name
            storage: {backends.my-s3.s3: {secret_access_key: geheim}}       | existingSecrets.s3.my-s3.name
            storage: {backends: {a: {s3: {session-token: geheim}}}}    | valueFrom.secretKeyRef
            storage: {backends: {a: {s3: {proxy: {url: 'http://u:geheim@p:1'}}}}} | valueFrom.secretKeyRef
            server: {ssl: {key-store-password: geheim}}                | valueFrom.secretKeyRef
            server: {ssl: {certificate-private-key: '-----BEGIN PRIVATE KEY-----geheim'}} | valueFrom.secretKeyRef
            """)
    void secretsInTheSettings(String config, String place) {
        assertThatThrownBy(() -> Chart.of(Chart.example("local-values.yaml"), "config: {%s}".formatted(config)))
                .hasMessageContaining("is a secret, and a ConfigMap is no place for one")
                .hasMessageContaining(place)
                .hasMessageNotContaining("geheim");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            extraEnv: [{name: STORAGE_DATABASE_PASSWORD, value: geheim}]          | extraEnv has a secret in STORAGE_DATABASE_PASSWORD
            extraEnv: [{name: storage.auth.jwt-secret, value: geheim}]            | extraEnv has a secret in storage.auth.jwt-secret
            extraEnv: [{name: JAVA_OPTS, value: '-Dstorage.auth.jwt-secret=geheim'}] | extraEnv has a secret in JAVA_OPTS
            jvmOptions: -Xmx1g -Dstorage.database.password=geheim                 | jvmOptions has a secret
            """)
    void secretsInTheEnvironment(String values, String said) {
        assertThatThrownBy(() -> Chart.of(Chart.example("local-values.yaml"), values))
                .hasMessageContaining(said)
                .hasMessageNotContaining("geheim");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void noConfigMapHasASecret(String example) {
        Manifests manifests = Chart.ofExample(example);

        assertThat(manifests.has("Secret")).isFalse();
        assertThat(manifests
                        .ofKind("ConfigMap")
                        .flatMap(map -> Stream.ofNullable(map.path("data").get("application.yaml")))
                        .flatMap(file -> settings(file.stringValue())))
                .hasSizeGreaterThan(5)
                .filteredOn(setting -> SECRET.matcher(plain(setting.getKey())).find())
                .allSatisfy(setting -> assertThat(setting.getValue()).matches("/etc/.*|\\$\\{[A-Z0-9_]+:unset}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            local-values.yaml | replicaCount: 2                             | Several gateways can't share a volume of one node
            local-values.yaml | autoscaling: {enabled: true}                | Several gateways can't share a volume of one node
            s3-values.yaml    | {replicaCount: 2, persistence: {enabled: true}, config: {storage: {local.enabled: false}}} | Several gateways can't share a volume of one node
            s3-values.yaml    | config: {storage: {local.enabled: "on"}}    | The local backend has no volume
            local-values.yaml | extraEnv: [{name: STORAGE_SHUTDOWNTIMEOUT, value: 10m}] | set it in config
            local-values.yaml | config: {spring.lifecycle.timeout-per-shutdown-phase: 10m} | set config.storage.shutdown-timeout instead
            local-values.yaml | config: {management: {server: {ssl: {enabled: true}}}} | would hide /actuator from the probes
            local-values.yaml | config: {management: {endpoints.web.base-path: /x}} | would hide /actuator from the probes
            local-values.yaml | config: {server: {port: 8081}}              | must be two numbers
            local-values.yaml | config: {server: {port: '${PORT}'}}         | must be two numbers
            local-values.yaml | persistence: {enabled: false}               | There is no backend
            local-values.yaml | persistence: {enabled: false, size: 1Gi}    | There is no backend
            s3-values.yaml    | config: {storage: {local.enabled: true}}    | The local backend has no volume
            s3-values.yaml    | config: {storage: {backends: {b: {kind: local, local: {root: /b}}}}} | The backend b lies on no volume
            s3-values.yaml    | existingSecrets: {s3: {other: {name: x}}}   | existingSecrets.s3.other is for no backend
            s3-values.yaml    | config: {storage: {backends: {b: {kind: s3, s3: {bucket: b}}}}} | The backend b has no key
            demo-values.yaml  | replicaCount: 2                             | The PostgreSQL inside of the gateway is for one gateway
            demo-values.yaml  | persistence: {enabled: false}               | The PostgreSQL inside of the gateway needs a volume
            demo-values.yaml  | config: {storage: {mode: production}}       | There is no database
            demo-values.yaml  | existingSecrets: {jwt: {name: ''}}          | There is nothing to verify tokens with
            local-values.yaml | existingSecrets: {signing: {name: ''}}      | There is no secret for signed URLs
            local-values.yaml | migration: {username: ''}                   | Nobody would make the schema
            local-values.yaml | existingSecrets: {migration: {name: ''}}    | Nobody would make the schema
            local-values.yaml | config: {storage: {database: {migration: {username: x}}}} | would give every gateway the role that owns the schema
            local-values.yaml | terminationGracePeriodSeconds: 99           | a gateway may need 100 to stop
            local-values.yaml | config: {storage: {shutdown-timeout: PT9S}} | must be written like 30s
            local-values.yaml | metrics: {serviceMonitor: {enabled: true}}  | name the namespace of Prometheus in networkPolicy.metricsFrom
            local-values.yaml | ingress: {enabled: true}                    | name it in ingress.hosts
            local-values.yaml | httpRoute: {enabled: true}                  | name it in httpRoute.parentRefs
            """)
    void whatWouldNotWork(String example, String values, String said) {
        assertThatThrownBy(() -> Chart.of(Chart.example(example), values)).hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            local-values.yaml | {replicaCount: 2, persistence: {accessModes: [ReadWriteMany]}}
            local-values.yaml | {migration: {mode: none, username: ''}}
            local-values.yaml | {terminationGracePeriodSeconds: 100}
            local-values.yaml | {config: {storage: {database: {password-file: /mnt/password}}}}
            local-values.yaml | {config: {server: {ssl: {certificate-private-key: /mnt/tls.key}}}}
            local-values.yaml | {jvmOptions: -Dstorage.auth.jwt-secret-file=/mnt/secret, extraEnv: [{name: TZ, value: UTC}]}
            local-values.yaml | {extraEnv: [{name: A_TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}]}
            s3-values.yaml    | {replicaCount: 5}
            """)
    void whatWorks(String example, String values) {
        assertThat(Chart.of(Chart.example(example), values).objects()).allSatisfy(StrictModels::check);
    }

    private static Stream<Map.Entry<String, String>> settings(String documents) {
        return StreamSupport.stream(new Yaml().loadAll(documents).spliterator(), false)
                .flatMap(document -> settings("", document));
    }

    private static Stream<Map.Entry<String, String>> settings(String name, Object value) {
        if (value instanceof Map<?, ?> tree) {
            return tree.entrySet().stream().flatMap(entry -> settings(name + "." + entry.getKey(), entry.getValue()));
        }
        if (value instanceof List<?> list) {
            return list.stream().flatMap(element -> settings(name, element));
        }
        return Stream.of(Map.entry(name, String.valueOf(value)));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }
}
