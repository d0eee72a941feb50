package io.aerodb.storage.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads objects of Kubernetes into their types, in which every field has to exist. */
final class StrictModels {

    private static final String KUBERNETES = "io.fabric8.kubernetes.api.model.";
    private static final String MONITORING = "io.fabric8.openshift.api.model.monitoring.v1.";

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("v1 ConfigMap", KUBERNETES + "ConfigMap"),
            Map.entry("v1 PersistentVolumeClaim", KUBERNETES + "PersistentVolumeClaim"),
            Map.entry("v1 Pod", KUBERNETES + "Pod"),
            Map.entry("v1 Service", KUBERNETES + "Service"),
            Map.entry("v1 ServiceAccount", KUBERNETES + "ServiceAccount"),
            Map.entry("apps/v1 Deployment", KUBERNETES + "apps.Deployment"),
            Map.entry("autoscaling/v2 HorizontalPodAutoscaler", KUBERNETES + "autoscaling.v2.HorizontalPodAutoscaler"),
            Map.entry("batch/v1 Job", KUBERNETES + "batch.v1.Job"),
            Map.entry("gateway.networking.k8s.io/v1 HTTPRoute", KUBERNETES + "gatewayapi.v1.HTTPRoute"),
            Map.entry("networking.k8s.io/v1 Ingress", KUBERNETES + "networking.v1.Ingress"),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", KUBERNETES + "networking.v1.NetworkPolicy"),
            Map.entry("policy/v1 PodDisruptionBudget", KUBERNETES + "policy.v1.PodDisruptionBudget"),
            Map.entry("monitoring.coreos.com/v1 PrometheusRule", MONITORING + "PrometheusRule"),
            Map.entry("monitoring.coreos.com/v1 ServiceMonitor", MONITORING + "ServiceMonitor"));

    /** The models keep what they do not know as further properties, unless nobody tells Jackson where to. */
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new WithoutFurtherProperties())
            .build();

    private StrictModels() {}

    /** @throws AssertionError when there is no such kind, a field does not exist, or a value is of another type */
    static void check(JsonNode object) {
        String kind = object.path("apiVersion").stringValue("") + " "
                + object.path("kind").stringValue("");
        if (!TYPES.containsKey(kind)) {
            throw new AssertionError("no object of the chart: " + kind);
        }
        try {
            MAPPER.readValue(object.toString(), Class.forName(TYPES.get(kind)));
        } catch (JsonProcessingException | ClassNotFoundException wrong) {
            throw new AssertionError("%s %s: %s".formatted(kind, Manifests.name(object), wrong.getMessage()), wrong);
        }
    }

    private static final class WithoutFurtherProperties extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated member) {
            return false;
        }
    }
}
