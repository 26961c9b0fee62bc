// SCIM in NestJS on Express: as middleware, which runs before the body parsers that Nest adds when it starts.

import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { names, scim } from './scim.ts'

@Controller('people')
class PeopleController {
  @Get()
  list() {
    return names()
  }
}

@Module({ controllers: [PeopleController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] })
app.use(scim.express())
app.enableShutdownHooks()
await app.listen(process.env.PORT ?? 3000)
