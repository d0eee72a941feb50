package io.aerodb.storage.container;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/** Whether a container engine answers and has, or gets, the image. */
final class ImageCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), NeedsImage.class)
                .map(needed -> evaluated(Images.of(needed)))
                .orElseGet(() -> ConditionEvaluationResult.enabled("a test of a class that may run"));
    }

    private static ConditionEvaluationResult evaluated(DockerImageName image) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return ConditionEvaluationResult.disabled("skipped: no container engine");
        }
        try {
            new RemoteDockerImage(image).get(5, TimeUnit.MINUTES);
            return ConditionEvaluationResult.enabled("the image is there");
        } catch (Exception absent) {
            return ConditionEvaluationResult.disabled("skipped: no image " + image);
        }
    }
}
