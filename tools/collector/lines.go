package main

import (
	"context"
	"os"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The exporter "lines" appends each request to a file, as a line of OTLP in JSON. There is no queue before it: who sent
// the request is answered when the line is written.
type linesConfig struct {
	Path string `mapstructure:"path"`
}

type linesFile struct {
	path  string
	mutex sync.Mutex
	file  *os.File
}

func linesFactory() exporter.Factory {
	level := component.StabilityLevelDevelopment
	return exporter.NewFactory(
		component.MustNewType("lines"),
		func() component.Config { return &linesConfig{} },
		exporter.WithTraces(createTraces, level),
		exporter.WithMetrics(createMetrics, level),
		exporter.WithLogs(createLogs, level),
	)
}

func (lines *linesFile) open(context.Context, component.Host) (err error) {
	lines.file, err = os.OpenFile(lines.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return err
}

func (lines *linesFile) close(context.Context) error {
	if lines.file == nil {
		return nil
	}
	return lines.file.Close()
}

func (lines *linesFile) write(request []byte, err error) error {
	if err != nil {
		return err
	}
	lines.mutex.Lock()
	defer lines.mutex.Unlock()
	_, err = lines.file.Write(append(request, '\n'))
	return err
}

func openedIn(config component.Config) (*linesFile, []exporterhelper.Option) {
	lines := &linesFile{path: config.(*linesConfig).Path}
	return lines, []exporterhelper.Option{exporterhelper.WithStart(lines.open), exporterhelper.WithShutdown(lines.close)}
}

func createTraces(ctx context.Context, set exporter.Settings, config component.Config) (exporter.Traces, error) {
	lines, options := openedIn(config)
	push := func(_ context.Context, data ptrace.Traces) error {
		return lines.write((&ptrace.JSONMarshaler{}).MarshalTraces(data))
	}
	return exporterhelper.NewTraces(ctx, set, config, push, options...)
}

func createMetrics(ctx context.Context, set exporter.Settings, config component.Config) (exporter.Metrics, error) {
	lines, options := openedIn(config)
	push := func(_ context.Context, data pmetric.Metrics) error {
		return lines.write((&pmetric.JSONMarshaler{}).MarshalMetrics(data))
	}
	return exporterhelper.NewMetrics(ctx, set, config, push, options...)
}

func createLogs(ctx context.Context, set exporter.Settings, config component.Config) (exporter.Logs, error) {
	lines, options := openedIn(config)
	push := func(_ context.Context, data plog.Logs) error {
		return lines.write((&plog.JSONMarshaler{}).MarshalLogs(data))
	}
	return exporterhelper.NewLogs(ctx, set, config, push, options...)
}
