{{/* What the chart does not install; each with a sentence that says what to do. */}}
{{- define "aerodb-storage.refusals" -}}
{{- $root := . }}
{{- $existing := .Values.existingSecrets }}
{{- $settings := include "aerodb-storage.settings" . | fromJson }}
{{- $embedded := include "aerodb-storage.embedded" . }}
{{- $several := include "aerodb-storage.several" . }}
{{- $said := list }}

{{- range $key, $setting := $settings }}
{{- $value := toString (default "" $setting.value) }}
{{- $named := and (regexMatch "(password|passphrase|secret|accesskey|accesskeyid|sessiontoken|token|apikey|privatekey)$" $key) (not (and (hasSuffix "privatekey" $key) (hasPrefix "/" $value))) }}
{{- $shaped := or (contains "PRIVATE KEY-----" $value) (regexMatch "://[^/@ ]*:[^/@ ]*@" $value) }}
{{- if and $value (or $named $shaped) (not (regexMatch "^\\$\\{[^:}]+\\}$" $value)) }}
{{- $place := "extraEnv, by valueFrom.secretKeyRef" }}
{{- if eq $key "storage.database.password" }}{{ $place = "existingSecrets.database.name" }}
{{- else if eq $key "storage.database.migration.password" }}{{ $place = "existingSecrets.migration.name" }}
{{- else if eq $key "storage.auth.jwtsecret" }}{{ $place = "existingSecrets.jwt.name" }}
{{- else if eq $key "storage.signing.secret" }}{{ $place = "existingSecrets.signing.name" }}
{{- else if regexMatch "^storage\\.backends\\.[^.]+\\.s3\\.(accesskeyid|secretaccesskey)$" $key }}
{{- $place = printf "existingSecrets.s3.%s.name" (index (splitList "." $setting.name | reverse) 2) }}
{{- end }}
{{- $said = append $said (printf "config.%s is a secret, and a ConfigMap is no place for one: put it into a Secret, and name that in %s." $setting.name $place) }}
{{- end }}
{{- if hasPrefix "storage.database.migration." $key }}
{{- if ne $key "storage.database.migration.password" }}
{{- $said = append $said (printf "config.%s would give every gateway the role that owns the schema: set migration.username and existingSecrets.migration.name instead." $setting.name) }}
{{- end }}
{{- end }}
{{- end }}
{{- $option := "(?i)-D[^ =]*(password|passphrase|secret|access-?key(-?id)?|token|private-?key)=" }}
{{- range .Values.extraEnv }}
{{- if and .value (or (regexMatch "(PASSWORD|SECRET|TOKEN|ACCESSKEY|ACCESSKEYID|PRIVATEKEY)$" (regexReplaceAll "[^A-Z0-9]" (upper .name) "")) (regexMatch $option .value)) }}
{{- $said = append $said (printf "extraEnv has a secret in %s: put it into a Secret, and refer to that by valueFrom.secretKeyRef." .name) }}
{{- else if and .value (regexMatch "^(STORAGE|SERVER|MANAGEMENT|SPRING)[^A-Z]" (upper .name)) }}
{{- $said = append $said (printf "extraEnv has a setting in %s, which the chart does not read there: set it in config." .name) }}
{{- end }}
{{- end }}
{{- if regexMatch $option .Values.jvmOptions }}
{{- $said = append $said "jvmOptions has a secret: put it into a Secret, and name that in existingSecrets." }}
{{- end }}
{{- range $key, $setting := $settings }}
{{- if regexMatch "^management\\.(server\\.(basepath|ssl\\.)|endpoints\\.web\\.(basepath|pathmapping))" $key }}
{{- $said = append $said (printf "config.%s would hide /actuator from the probes, which come by HTTP: leave it out." $setting.name) }}
{{- end }}
{{- end }}
{{- if hasKey $settings "spring.lifecycle.timeoutpershutdownphase" }}
{{- $said = append $said "terminationGracePeriodSeconds would not follow from config.spring.lifecycle.timeout-per-shutdown-phase: set config.storage.shutdown-timeout instead." }}
{{- end }}
{{- $api := include "aerodb-storage.apiPort" . }}
{{- $management := include "aerodb-storage.managementPort" . }}
{{- if or (eq $api $management) (not (regexMatch "^[1-9][0-9]*$" $api)) (not (regexMatch "^[1-9][0-9]*$" $management)) }}
{{- $said = append $said "config.server.port and config.management.server.port must be two numbers." }}
{{- end }}

{{- if $embedded }}
{{- if ne "development" (include "aerodb-storage.setting" (list . "storage.mode" "production") | lower) }}
{{- $said = append $said "There is no database: set config.storage.database.host. To try it out with a PostgreSQL inside of the gateway set config.storage.mode to development and persistence.enabled to true." }}
{{- else }}
{{- if $several }}
{{- $said = append $said "The PostgreSQL inside of the gateway is for one gateway: set replicaCount to 1 and autoscaling.enabled to false, or name a database of your own in config.storage.database.host." }}
{{- end }}
{{- if not .Values.persistence.enabled }}
{{- $said = append $said "The PostgreSQL inside of the gateway needs a volume: set persistence.enabled to true, or name a database of your own in config.storage.database.host." }}
{{- end }}
{{- end }}
{{- else if ne .Values.migration.mode "none" }}
{{- if or (not .Values.migration.username) (not $existing.migration.name) }}
{{- $said = append $said "Nobody would make the schema: set migration.username and existingSecrets.migration.name, or migration.mode to none when somebody else does." }}
{{- end }}
{{- end }}
{{- if not (or $existing.jwt.name $existing.jwks.name (include "aerodb-storage.setting" (list . "storage.auth.jwks-url" "")) (include "aerodb-storage.setting" (list . "storage.auth.jwks-file" "")) (include "aerodb-storage.setting" (list . "storage.auth.jwt-secret-file" ""))) }}
{{- $said = append $said "There is nothing to verify tokens with: set existingSecrets.jwt.name, existingSecrets.jwks.name or config.storage.auth.jwks-url." }}
{{- end }}
{{- if not (or $embedded $existing.signing.name (include "aerodb-storage.setting" (list . "storage.signing.secret-file" ""))) }}
{{- $said = append $said "There is no secret for signed URLs: set existingSecrets.signing.name." }}
{{- end }}

{{- $s3 := include "aerodb-storage.backends" (list . "s3") | fromJsonArray }}
{{- $locals := include "aerodb-storage.backends" (list . "local") | fromJsonArray }}
{{- range $backend, $_ := $existing.s3 }}
{{- if not (has $backend $s3) }}
{{- $said = append $said (printf "existingSecrets.s3.%s is for no backend: set config.storage.backends.%s.kind to s3." $backend $backend) }}
{{- end }}
{{- end }}
{{- range $s3 }}
{{- $credentials := include "aerodb-storage.setting" (list $root (printf "storage.backends.%s.s3.credentials" .) "static") }}
{{- if and (eq "static" (lower $credentials)) (not (hasKey $existing.s3 .)) }}
{{- $said = append $said (printf "The backend %s has no key: set existingSecrets.s3.%s.name, or config.storage.backends.%s.s3.credentials to web-identity or default-chain." . . .) }}
{{- end }}
{{- end }}
{{- if and (include "aerodb-storage.localEnabled" .) (not .Values.persistence.enabled) }}
{{- $said = append $said "The local backend has no volume, and its files would go with the Pod: set persistence.enabled to true, or config.storage.local.enabled to false." }}
{{- end }}
{{- if not (or (include "aerodb-storage.localEnabled" .) $s3 $locals) }}
{{- $said = append $said "There is no backend: set persistence.enabled to true for files on a volume, or name an S3 bucket in config.storage.backends." }}
{{- end }}
{{- $mounts := list }}
{{- if .Values.persistence.enabled }}{{ $mounts = append $mounts "/var/lib/aerodb-storage" }}{{ end }}
{{- range .Values.extraVolumeMounts }}{{ $mounts = append $mounts .mountPath }}{{ end }}
{{- range $locals }}
{{- $root_ := include "aerodb-storage.setting" (list $root (printf "storage.backends.%s.local.root" .) "") }}
{{- $mounted := false }}
{{- range $mounts }}
{{- if hasPrefix (printf "%s/" (trimSuffix "/" .)) (printf "%s/" $root_) }}{{ $mounted = true }}{{ end }}
{{- end }}
{{- if not $mounted }}
{{- $said = append $said (printf "The backend %s lies on no volume: set config.storage.backends.%s.local.root to a directory below a mount of extraVolumeMounts." . .) }}
{{- end }}
{{- end }}
{{- if and $several (or .Values.persistence.enabled $locals) (not (include "aerodb-storage.shared" .)) }}
{{- $said = append $said "Several gateways can't share a volume of one node: use a claim with ReadWriteMany and say so in persistence.accessModes, or store in S3 and set persistence.enabled to false, or set replicaCount to 1 and autoscaling.enabled to false." }}
{{- end }}

{{- if not (include "aerodb-storage.shutdownSeconds" .) }}
{{- $said = append $said "config.storage.shutdown-timeout must be written like 30s, 5m or 1h, for terminationGracePeriodSeconds follows from it." }}
{{- else if .Values.terminationGracePeriodSeconds }}
{{- $least := include "aerodb-storage.leastGrace" . | int }}
{{- if lt (int .Values.terminationGracePeriodSeconds) $least }}
{{- $said = append $said (printf "terminationGracePeriodSeconds is %d, and a gateway may need %d to stop: preStopSeconds, twice config.storage.shutdown-timeout and 30. Set it to that or more, or leave it out." (int .Values.terminationGracePeriodSeconds) $least) }}
{{- end }}
{{- end }}
{{- if and .Values.networkPolicy.enabled .Values.metrics.serviceMonitor.enabled (not .Values.networkPolicy.metricsFrom) }}
{{- $said = append $said "Nobody may read the metrics that the ServiceMonitor is for: name the namespace of Prometheus in networkPolicy.metricsFrom." }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- $said = append $said "The Ingress has no host: name it in ingress.hosts." }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- $said = append $said "The HTTPRoute belongs to no Gateway: name it in httpRoute.parentRefs." }}
{{- end }}

{{- if $said }}
{{- fail (printf "\n\n%s\n" (join "\n" $said)) }}
{{- end }}
{{- end }}
