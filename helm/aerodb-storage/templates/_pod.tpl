{{/* What Pods of all components have in common. */}}
{{- define "aerodb-storage.podBasics" -}}
automountServiceAccountToken: false
# A Service whose name begins with storage would become a setting.
enableServiceLinks: false
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What containers of all components have in common. */}}
{{- define "aerodb-storage.containerBasics" -}}
image: {{ include "aerodb-storage.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- end }}

{{/* Of the further volumes those that every node has, such as certificates: a claim may belong to the node of a gateway. */}}
{{- define "aerodb-storage.fileVolumes" -}}
{{- range .Values.extraVolumes }}
{{- if or .configMap .secret .projected }}
{{ toYaml (list .) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "aerodb-storage.fileMounts" -}}
{{- $names := list }}
{{- range .Values.extraVolumes }}
{{- if or .configMap .secret .projected }}{{ $names = append $names .name }}{{ end }}
{{- end }}
{{- range .Values.extraVolumeMounts }}
{{- if has .name $names }}
{{ toYaml (list .) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "aerodb-storage.configEnv" -}}
- name: SPRING_CONFIG_ADDITIONAL_LOCATION
  value: file:/etc/aerodb-storage/config/
{{- end }}

{{- define "aerodb-storage.migrationEnv" -}}
- name: STORAGE_DATABASE_MIGRATION_USERNAME
  value: {{ .Values.migration.username | quote }}
- name: STORAGE_DATABASE_MIGRATION_PASSWORDFILE
  value: /etc/aerodb-storage/secrets/migration-password
{{- end }}

{{/* One file of a projected volume: list Secret key path. */}}
{{- define "aerodb-storage.projected" -}}
- secret:
    name: {{ index . 0 | quote }}
    items:
      - key: {{ index . 1 | quote }}
        path: {{ index . 2 }}
{{- end }}

{{/* The Secrets of the database, and of the role that migrates where it is wanted: list $ true. */}}
{{- define "aerodb-storage.databaseSecrets" -}}
{{- $existing := (index . 0).Values.existingSecrets }}
{{- with $existing.database }}
{{- if .name }}
{{ include "aerodb-storage.projected" (list .name .key "database-password") }}
{{- end }}
{{- end }}
{{- if index . 1 }}
{{ include "aerodb-storage.projected" (list $existing.migration.name $existing.migration.key "migration-password") }}
{{- end }}
{{- end }}

{{- define "aerodb-storage.gatewaySecrets" -}}
{{- $existing := .Values.existingSecrets }}
{{- include "aerodb-storage.databaseSecrets" (list . (include "aerodb-storage.migratesAtStart" .)) }}
{{- with $existing.jwt }}
{{- if .name }}
{{ include "aerodb-storage.projected" (list .name .key "jwt-secret") }}
{{- end }}
{{- end }}
{{- range $index, $secret := $existing.previousJwt }}
{{ include "aerodb-storage.projected" (list $secret.name $secret.key (printf "previous-jwt-secret-%d" $index)) }}
{{- end }}
{{- with $existing.jwks }}
{{- if .name }}
{{ include "aerodb-storage.projected" (list .name .key "jwks.json") }}
{{- end }}
{{- end }}
{{- with $existing.signing }}
{{- if .name }}
{{ include "aerodb-storage.projected" (list .name .key "signing-secret") }}
{{- end }}
{{- end }}
{{- range $index, $secret := $existing.previousSigning }}
{{ include "aerodb-storage.projected" (list $secret.name $secret.key (printf "previous-signing-secret-%d" $index)) }}
{{- end }}
{{- range $backend, $secret := $existing.s3 }}
{{ include "aerodb-storage.projected" (list $secret.name (default "secret-access-key" $secret.secretAccessKey) (printf "s3-%s-secret-access-key" $backend)) }}
{{- end }}
{{- with $existing.tls.name }}
{{ include "aerodb-storage.projected" (list . "tls.crt" "tls.crt") }}
{{ include "aerodb-storage.projected" (list . "tls.key" "tls.key") }}
{{- end }}
{{- end }}
